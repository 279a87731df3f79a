import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sharedFolder } from '#server/testing/shared.ts';
import type { UpdateDocument } from './document.ts';
import { readUpdate } from './read-update.ts';
import { readCore, readExtended } from './rules.ts';
import { NAMESPACES } from './testing/documents.ts';

// Documents and fragments that a real WSUS sent. They are not part of the project.
const shared = sharedFolder() ?? '';
const skip = existsSync(join(shared, 'data/update-metadata/docs')) ? false : 'no folder of real data (ST_SHARED)';
const documents = join(shared, 'data/update-metadata/docs');
const samples = join(shared, 'protocol/samples');

function document(path: string): UpdateDocument {
  const result = readUpdate(readFileSync(path));
  assert.ok(result.ok, result.ok ? '' : `${result.code} ${result.message} ${result.path}`);
  return result.update;
}

/** The fragments that stand escaped in the `Xml` elements of a SOAP answer. */
function fragmentsIn(path: string): readonly string[] {
  const unescaped = (text: string) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return [...readFileSync(path, 'utf8').matchAll(/<Xml>(.*?)<\/Xml>/gs)].map((match) => unescaped(match[1] as string));
}

const sample = (name: string) => readFileSync(join(samples, name), 'utf8').trim();
const named = (id: string) => join(documents, readdirSync(documents).find((name) => name.startsWith(id)) ?? id);

test('cores equal those on the wire, byte for byte', { skip }, () => {
  const scan = join(shared, 'data/wire-captures/scan');
  const cases = [
    [join(samples, 'real-10-update-category-6964aab4-trimmed.xml'), sample('real-10-fragment-core.txt')],
    [named('6964aab4'), fragmentsIn(join(samples, 'real-06-SyncUpdates-response.xml'))[0]],
    [named('56309036'), fragmentsIn(join(scan, '000006/response.body'))[0]],
    [named('dd78b8a1'), fragmentsIn(join(scan, '000008/response.body'))[0]],
  ] as const;
  for (const [path, captured] of cases) assert.equal(document(path).fragments.core, captured, path);
});

test('extended and localized fragments equal those on the wire, byte for byte', { skip }, () => {
  const trimmed = document(join(samples, 'real-11-update-software-266f6222-trimmed.xml'));
  assert.equal(trimmed.fragments.extended, sample('real-11-fragment-extended.txt'));
  const answer = fragmentsIn(join(shared, 'data/wire-captures/flow/000015/response.body'));
  const { extended, localized } = document(named('266f6222')).fragments;
  assert.ok(answer.includes(extended));
  assert.ok(answer.includes(localized.get('en') ?? ''));
  const bundle = document(named('ccb78947')).fragments;
  assert.equal(bundle.extended, '<ExtendedProperties DefaultPropertiesLanguage="en" />');
});

test('a whole document around a real servicing core and extended fragment gives both back', { skip }, () => {
  const folder = join(shared, 'data/update-metadata/cbs');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
  // The captured core was shortened by hand; what is left of `package` is not in the form that the wire has.
  const core = read('cbs-dotnet-core-reduced.xml').replace('></package>', ' />');
  const extended = read('cbs-dotnet-extended.xml');
  const inCbs = (xml: string) => xml.replace(/(<\/?)(Cbs\w+)/g, '$1cbs:$2');
  const split = core.indexOf('<Relationships>');
  const xml = `<Update xmlns="${NAMESPACES.upd}" xmlns:cbs="${NAMESPACES.cbs}" xmlns:xsi="${NAMESPACES.xsi}">${core
    .slice(0, split)
    .replace(/<Properties.*/, '')}${extended
    .slice(0, extended.indexOf('<Files>'))
    .replace('<ExtendedProperties', '<Properties CreationDate="2022-08-23T21:36:39Z" UpdateType="Software"')
    .replace(
      '</ExtendedProperties>',
      '</Properties>',
    )}<LocalizedPropertiesCollection><LocalizedProperties><Language>en</Language><Title>T</Title></LocalizedProperties></LocalizedPropertiesCollection>${inCbs(
    core.slice(split),
  )}${inCbs(extended.slice(extended.indexOf('<Files>'))).replace(' type="', ' xsi:type="')}</Update>`;
  const result = readUpdate(xml);
  assert.ok(result.ok, result.ok ? '' : result.message);
  assert.equal(result.update.fragments.core, core);
  assert.equal(result.update.fragments.extended, extended);
  assert.equal(result.update.revision.reboot, 'CanRequestReboot');
  assert.equal(result.update.revision.removable, true);
});

test('what clients decide by is read from the real documents', { skip }, () => {
  const { revision, texts } = document(named('266f6222'));
  assert.equal(
    revision.title,
    'Full Deltas 1.459.547.0 for Defender amd64fre [Ring0, Ring1, Ring2, Ring3, Ring4, Broad, Delayed]',
  );
  assert.equal(revision.impact, 'Minor');
  assert.equal(revision.files[0]?.sha1, '87f5bd0469585006aa5d3a77d1c662fd2895ddcd');
  assert.equal(texts.length, 1);
  assert.equal(document(named('56309036')).revision.categoryType, 'Company');
  assert.deepEqual(
    document(named('ccb78947')).revision.bundles.map((clause) => clause.length),
    [4],
  );
});

test('every real fragment can be read back', { skip }, () => {
  const scanFile = join(shared, 'data/update-metadata/wsusscn2-mini');
  const read = (folder: string) =>
    readdirSync(join(scanFile, folder)).map((name) => readFileSync(join(scanFile, folder, name), 'utf8'));
  for (const xml of read('c')) assert.ok(readCore(xml).ok);
  for (const xml of read('x')) assert.ok(readExtended(xml).ok);
  for (const name of readdirSync(documents)) {
    const { fragments, revision } = document(join(documents, name));
    const core = readCore(fragments.core);
    const extended = readExtended(fragments.extended);
    assert.ok(core.ok && extended.ok);
    assert.deepEqual(core.core.prerequisites, revision.prerequisites);
    assert.deepEqual(core.core.bundles, revision.bundles);
    assert.deepEqual(extended.extended.files, revision.files);
  }
});
