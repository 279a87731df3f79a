import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MATCHER_NAMES, MATCHERS } from '#domain/approval/matchers.ts';
import { readPolicy } from '#domain/approval/policy-file.ts';
import { defaultPolicyText } from '#server/testing/update-sketch.ts';

/** `line:column path: message` of every problem. */
function problems(yaml: string): string[] {
  const reading = readPolicy(yaml);
  if (reading.ok) return [];
  return reading.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

/** A policy with one rule whose `when` is given. */
function withWhen(when: string): string {
  return `name: test\nrules:\n  - name: one\n    when: ${when}\n    verdict: review\n    reason: test`;
}

test('the shipped policy is read', () => {
  assert.deepEqual(problems(defaultPolicyText()), []);
});

test('names of categories become GUIDs, single values become lists', () => {
  const reading = readPolicy(withWhen('{ classification: security updates, kb: [KB5022842, 890830] }'));
  assert.ok(reading.ok);
  assert.deepEqual(reading.policy.rules[0]?.when, {
    classification: ['0fa1201d-4330-4fa8-8ae9-b877473b6441'],
    kb: ['5022842', '890830'],
  });
});

test('every condition of the table can be written as its example shows', () => {
  for (const name of MATCHER_NAMES) assert.deepEqual(problems(withWhen(`{ ${MATCHERS[name].example} }`)), []);
});

test('every example of the policy document is right', () => {
  const document = readFileSync(resolve(import.meta.dirname, '../../../docs/approval-policy.md'), 'utf8');
  const examples = [...document.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = '']) => example);
  assert.equal(examples.length, 4);
  for (const example of examples) {
    assert.deepEqual(problems(example.startsWith('name:') ? example : `name: test\nrules:\n${example}`), [], example);
  }
});

const WRONG: readonly [when: string, problem: string][] = [
  ['{ class: os-cumulativ }', '4:20 rules[0].when.class: Unknown class "os-cumulativ". Did you mean "os-cumulative"?'],
  [
    '{ class: [ssu, third_party] }',
    '4:26 rules[0].when.class[1]: Unknown class "third_party". Did you mean "third-party"?',
  ],
  [
    '{ classification: Securty Updates }',
    '4:29 rules[0].when.classification: Unknown classification "Securty Updates". Did you mean "Security Updates"?',
  ],
  [
    '{ product: Windows Sever 2019 }',
    '4:22 rules[0].when.product: Unknown product "Windows Sever 2019". Did you mean "Windows Server 2019"?',
  ],
  ['{ product: Zzz }', '4:22 rules[0].when.product: Unknown product "Zzz". Others are named by their GUID.'],
  ['{ clas: ssu }', '4:13 rules[0].when.clas: Unknown key "clas". Did you mean "class"?'],
  ['{ kb: 12 }', '4:17 rules[0].when.kb: Not a KB number, such as KB5022842.'],
  ['{ class: [] }', '4:20 rules[0].when.class: An empty list matches nothing; leave the condition out.'],
  ['{}', '4:11 rules[0].when: Give at least one condition.'],
  ['{ age: { from: 9, before: 3 } }', '4:18 rules[0].when.age: "from" must be less than "before".'],
  ['{ age: {} }', '4:18 rules[0].when.age: Give "from", "before" or both.'],
  [
    '{ date: { from: 2026-02-30 } }',
    '4:27 rules[0].when.date.from: "2026-02-30" is not a date (2026-01-31) or an instant (2026-01-31T10:00:00Z).',
  ],
  [
    '{ target: { osBuild: x } }',
    '4:32 rules[0].when.target.osBuild: Give a build such as 17763, a list of builds, or { from: …, before: … }.',
  ],
  ['{ target: {} }', '4:21 rules[0].when.target: Give "osBuild", "productType" or both.'],
];

for (const [when, problem] of WRONG) {
  test(`wrong: when ${when}`, () => {
    assert.ok(problems(withWhen(when)).includes(problem), problems(withWhen(when)).join('\n'));
  });
}

test('a wrong verdict, a missing reason, a repeated and a badly written name are told at their lines', () => {
  const text = `name: test
rules:
  - { name: one, when: { class: ssu }, verdict: aprove, reason: test }
  - { name: one, when: { class: ssu }, verdict: approve }
  - { name: Not Good, when: { class: ssu }, verdict: approve, reason: test }`;
  assert.deepEqual(problems(text), [
    '3:49 rules[0].verdict: Allowed: approve, not-approve, review.',
    '4:5 rules[1].reason: This is missing.',
    '4:13 rules[1].name: Another rule has the same name.',
    '5:13 rules[2].name: A name has lower-case letters, digits and hyphens, at most 64.',
  ]);
});

test('the name of a verdict without a rule cannot be taken by a rule', () => {
  assert.equal(readPolicy(withWhen('{ class: ssu }').replace('name: one', 'name: (default)')).ok, false);
});

const HOSTILE: readonly [what: string, text: string, message: RegExp][] = [
  ['anchors and aliases', 'name: &a x\nrules: *a', /Anchors are not allowed/],
  ['tags', 'name: !!js/function x\nrules: []', /tag/i],
  ['binary tags', 'name: !!binary aGk=\nrules: []', /tag/i],
  ['two documents', 'name: a\n---\nname: b', /More than one document/],
  ['repeated keys', 'name: a\nname: b', /unique/],
  ['keys that are lists', '? [a]\n: 1', /A key must be plain text/],
  ['deep flow lists', '['.repeat(20_000), /levels deep/],
  ['deep block lists', '- '.repeat(20_000), /levels deep/],
  ['maps of very many keys', Array.from({ length: 30_000 }, (_, index) => `${index}:`).join('\n'), /keys/],
  ['lists of very many items', '- 1\n'.repeat(50_000), /items/],
  ['a text beyond the limit', 'x'.repeat(300_000), /longer than/],
  ['prototypes', '__proto__: { rules: [] }', /Unknown key "__proto__"/],
  ['no text', '', /./],
];

for (const [what, text, message] of HOSTILE) {
  test(`refused: ${what}`, () => {
    assert.match(problems(text).join('\n'), message);
  });
}

test('too many rules and too many problems are cut', () => {
  const rule = '  - { name: x, when: { class: nothing }, verdict: approve, reason: test }';
  const many = `name: test\nrules:\n${Array.from({ length: 501 }, () => rule).join('\n')}`;
  assert.equal(problems(many).length, 50);
  const right = (count: number) =>
    `name: test\nrules:\n${Array.from({ length: count }, (_, i) => `  - { name: r${i}, when: { class: ssu }, verdict: approve, reason: t }`).join('\n')}`;
  assert.deepEqual(problems(right(500)), []);
  assert.match(problems(right(501)).join(), /At most 500 rules/);
});

test('any text, and any damaged policy, is read or refused with places, never thrown', () => {
  const whole = defaultPolicyText();
  const damaged = fc
    .tuple(fc.nat(whole.length), fc.nat(60), fc.string({ maxLength: 12 }))
    .map(([at, cut, put]) => whole.slice(0, at) + put + whole.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(fc.string(), damaged), (text) => {
      const reading = readPolicy(text);
      if (reading.ok) return;
      for (const { line, column, message } of reading.problems) {
        assert.ok(line >= 1 && column >= 1 && message !== '');
      }
    }),
    { numRuns: 200 },
  );
});
