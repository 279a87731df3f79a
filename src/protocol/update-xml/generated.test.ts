import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readUpdate } from './read-update.ts';
import { type Rule, readCore, readExtended } from './rules.ts';
import { NAMESPACES } from './testing/documents.ts';

// Documents are generated as a tree of (schema, name), attributes and children; what is written of it varies in prefixes, places of
// declarations, order of attributes, white space and comments. None of that may change what is read.

interface Node {
  readonly schema: keyof typeof NAMESPACES;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text?: string;
}

const node = (
  schema: Node['schema'],
  name: string,
  attributes: Node['attributes'] = {},
  children: Node['children'] = [],
  text?: string,
): Node => ({ schema, name, attributes, children, ...(text !== undefined && { text }) });
const upd = (name: string, attributes?: Node['attributes'], children?: Node['children'], text?: string) =>
  node('upd', name, attributes, children, text);

/** How to write: an endless stream of choices. */
type Choices = (count: number) => number;

const choices = fc.infiniteStream(fc.nat()).map(
  (numbers): Choices =>
    (count) =>
      (numbers.next().value as number) % count,
);

const escaped = (text: string) => text.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);

function write(element: Node, choose: Choices): string {
  const space = () => ['', ' ', '\n  ', '\t', '<!-- note -->', ' <?pi x?> '][choose(6)] as string;
  const prefix = ['', 'a', 'ns1', 'upd', 'x-y'][choose(5)] as string;
  const name = prefix === '' ? element.name : `${prefix}:${element.name}`;
  const declaration = `${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${NAMESPACES[element.schema]}"`;
  const attributes = [
    declaration,
    ...Object.entries(element.attributes).map(([key, value]) => `${key}="${escaped(value)}"`),
  ];
  const turned = choose(attributes.length);
  const ordered = [...attributes.slice(turned), ...attributes.slice(0, turned)].join(
    [' ', '\n', '  '][choose(3)] as string,
  );
  if (element.text !== undefined) return `<${name} ${ordered}>${escaped(element.text)}</${name}>`;
  const children = element.children.map((child) => space() + write(child, choose)).join('');
  return children === '' && choose(2) === 0
    ? `<${name} ${ordered}/>`
    : `<${name} ${ordered}>${children}${space()}</${name}>`;
}

const guid = fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase()));
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Any text that XML can hold and that is not trimmed away. */
const words = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((text) => `w${text.replace(/[^\t\n\x20-\uD7FF\uE000-\uFFFD]/g, '')}w`);
const identity = fc.record({ UpdateID: guid, RevisionNumber: int32.map(String) });

const rule: fc.Arbitrary<Node> = fc.letrec<{ rule: Node }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    fc.record({ Key: words, Subkey: words, Data: words }).map((attributes) => node('bar', 'RegDword', attributes)),
    fc.record({ ProductCode: guid }).map((attributes) => node('mar', 'MsiProductInstalled', attributes)),
    fc.constant(node('lar', 'True')),
    fc
      .tuple(fc.constantFrom('And', 'Or', 'Not'), fc.array(tie('rule'), { maxLength: 3 }))
      .map(([name, children]) => node('lar', name, {}, children)),
  ),
})).rule;

const facts = fc.record({
  identity,
  title: words,
  language: fc.constantFrom('en', 'de', 'pt-br'),
  kb: fc.nat(9_999_999).map(String),
  published: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  prerequisites: fc.array(
    fc.record({ members: fc.array(guid, { minLength: 1, maxLength: 3 }), isCategory: fc.boolean() }),
  ),
  bundles: fc.array(fc.array(identity, { minLength: 1, maxLength: 3 })),
  supersedes: fc.array(guid),
  files: fc.array(
    fc.record({ digest: fc.uint8Array({ minLength: 20, maxLength: 20 }), name: words, size: fc.maxSafeNat() }),
  ),
  rule,
});

type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

function documentOf(generated: Facts): Node {
  const identities = (ids: readonly string[]) => ids.map((UpdateID) => upd('UpdateIdentity', { UpdateID }));
  const language = upd('Language', {}, [], generated.language);
  return upd('Update', {}, [
    upd('UpdateIdentity', generated.identity),
    upd('Properties', { UpdateType: 'Software', CreationDate: generated.published.toISOString() }, [
      upd('KBArticleID', {}, [], generated.kb),
    ]),
    upd('LocalizedPropertiesCollection', {}, [
      upd('LocalizedProperties', {}, [language, upd('Title', {}, [], generated.title)]),
    ]),
    upd('Relationships', {}, [
      upd('SupersededUpdates', {}, identities(generated.supersedes)),
      upd(
        'Prerequisites',
        {},
        generated.prerequisites.map(({ members, isCategory }) =>
          upd('AtLeastOne', { IsCategory: String(isCategory) }, identities(members)),
        ),
      ),
      upd(
        'BundledUpdates',
        {},
        generated.bundles.map((clause) =>
          upd(
            'AtLeastOne',
            {},
            clause.map((member) => upd('UpdateIdentity', member)),
          ),
        ),
      ),
    ]),
    upd('ApplicabilityRules', {}, [upd('IsInstalled', {}, [generated.rule])]),
    upd(
      'Files',
      {},
      generated.files.map(({ digest, name, size }) =>
        upd('File', { Digest: Buffer.from(digest).toString('base64'), FileName: name, Size: String(size) }),
      ),
    ),
  ]);
}

const PREFIXES: Partial<Record<Node['schema'], string>> = { bar: 'b.', mar: 'm.' };

function asRule({ schema, name, attributes, children }: Node): Rule {
  return { name: (PREFIXES[schema] ?? '') + name, attributes, children: children.map(asRule) };
}

const sorted = (element: Rule): unknown => ({
  ...element,
  attributes: Object.fromEntries(Object.entries(element.attributes).sort()),
  children: element.children.map(sorted),
});

test('however a document is written, the same is read from it, and its fragments say the same', () => {
  fc.assert(
    fc.property(facts, choices, (generated, choose) => {
      const result = readUpdate(write(documentOf(generated), choose));
      assert.ok(result.ok, result.ok ? '' : `${result.code} ${result.message} ${result.path}`);
      const { revision, fragments } = result.update;
      const relationships = {
        prerequisites: generated.prerequisites.map(({ members, isCategory }) => ({
          anyOf: members.map((id) => id.toLowerCase()),
          isCategory,
        })),
        bundles: generated.bundles.map((clause) =>
          clause.map(({ UpdateID, RevisionNumber }) => ({
            updateId: UpdateID.toLowerCase(),
            revisionNumber: Number(RevisionNumber),
          })),
        ),
        supersedes: generated.supersedes.map((id) => id.toLowerCase()),
      };
      const files = generated.files.map(({ digest, name, size }) => ({
        sha1: Buffer.from(digest).toString('hex'),
        name,
        size,
      }));
      assert.equal(revision.title, generated.title);
      assert.equal(revision.kb, generated.kb);
      assert.equal(revision.published.epochMilliseconds, generated.published.getTime());
      const { prerequisites, bundles, supersedes } = revision;
      assert.deepEqual({ prerequisites, bundles, supersedes }, relationships);
      assert.deepEqual(revision.files, files);
      assert.deepEqual([...fragments.localized.keys()], [generated.language]);

      const core = readCore(fragments.core);
      assert.ok(core.ok, core.ok ? '' : core.message);
      assert.equal(core.core.identity.text, generated.identity.UpdateID);
      assert.deepEqual(core.core.prerequisites, relationships.prerequisites);
      assert.deepEqual(core.core.bundles, relationships.bundles);
      assert.deepEqual(sorted(core.core.rules.isInstalled as Rule), sorted(asRule(generated.rule)));

      const extended = readExtended(fragments.extended);
      assert.ok(extended.ok, extended.ok ? '' : extended.message);
      assert.deepEqual(extended.extended.files, files);
      assert.equal(extended.extended.kb, generated.kb);
    }),
    { numRuns: 150 },
  );
});

test('a damaged document is read or refused, and never anything else', () => {
  fc.assert(
    fc.property(facts, choices, (generated, choose) => {
      const xml = write(documentOf(generated), choose);
      const at = choose(xml.length);
      const damaged =
        xml.slice(0, at) + (['', '<', '>', '"', '&', '\0', 'x'][choose(7)] as string) + xml.slice(at + choose(3));
      const result = readUpdate(damaged);
      assert.ok(result.ok || result.code.startsWith('update.'));
    }),
    { numRuns: 300 },
  );
});
