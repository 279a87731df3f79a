import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { SaxesParser } from 'saxes';
import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import { publishedBetween, type SampleDocument, sampleCatalogue } from './sample-catalogue.ts';

const whole = sampleCatalogue({ from: '2023-09', to: '2023-12' });

describe('sample catalogue', () => {
  it('is the same every time', () => {
    const again = sampleCatalogue({ from: '2023-09', to: '2023-12' });
    assert.deepEqual(digestOf(again.documents), digestOf(whole.documents));
    assert.deepEqual(again.payloads, whole.payloads);
  });

  it('is well-formed with all prefixes bound', () => {
    for (const { name, xml } of whole.documents) {
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', (error) => assert.fail(`${name}: ${error.message}`));
      parser.write(xml).close();
    }
  });

  it('has every document once, and prerequisites and parts before what needs them', () => {
    const seen = new Set<string>();
    for (const { name, xml } of whole.documents) {
      assert.ok(!seen.has(name), `${name} is there twice`);
      const references = [...block(xml, 'Prerequisites'), ...block(xml, 'BundledUpdates')];
      for (const { id, revision } of references) {
        const found =
          revision === undefined ? [...seen].some((key) => key.startsWith(id)) : seen.has(`${id}-r${revision}`);
        assert.ok(found, `${name} needs ${id}`);
      }
      seen.add(name);
    }
  });

  it('names files with their real size and digests', () => {
    let files = 0;
    for (const { xml } of whole.documents) {
      const pattern =
        /<upd:(?:File|EulaFile) Digest="([^"]*)"[^>]* Size="(\d+)"[^>]*><upd:AdditionalDigest[^>]*>([^<]*)</g;
      for (const [, sha1 = '', size, sha256] of xml.matchAll(pattern)) {
        const bytes = whole.payload(Buffer.from(sha1, 'base64').toString('hex'));
        assert.ok(bytes);
        assert.equal(String(bytes.length), size);
        assert.equal(createHash('sha1').update(bytes).digest('base64'), sha1);
        assert.equal(createHash('sha256').update(bytes).digest('base64'), sha256);
        files++;
      }
    }
    assert.ok(files >= whole.payloads.length);
    assert.ok(
      whole.payloads.some(({ size }) => size > 2 ** 20),
      'no file is longer than one range request',
    );
    assert.equal(whole.payload('0'.repeat(40)), undefined);
  });

  it('has a security cumulative update for each system and month, each replacing the one before', () => {
    for (const system of [
      'Windows Server 2016',
      'Windows Server 2019',
      'Microsoft server operating system version 21H2',
    ]) {
      const line = whole.documents.filter(({ xml }) =>
        new RegExp(`<upd:Title>2023-\\d\\d Cumulative Update for ${system} [^<]*\\(KB\\d+\\)<`).test(xml),
      );
      assert.deepEqual(
        line.map(({ published }) => published.slice(0, 7)),
        ['2023-09', '2023-10', '2023-11', '2023-12'],
      );
      for (const [index, { xml }] of line.entries()) {
        const predecessor = line[index - 1];
        const superseded = block(xml, 'SupersededUpdates').map(({ id }) => id);
        assert.equal(predecessor === undefined || superseded.some((id) => predecessor.name.startsWith(id)), true);
      }
    }
  });

  it('has the kinds of update that a policy tells apart', () => {
    const titles = whole.documents.map(({ xml }) => /<upd:Title>([^<]*)/.exec(xml)?.[1] ?? '').join('\n');
    for (const kind of [
      'Service Pack 1',
      'Internet Explorer 12',
      'Cumulative Update Preview',
      'out-of-band',
      'Office 2016',
      'upgrade from earlier versions',
      'Time Zone',
      'Malicious Software Removal Tool',
      'Example Archiver',
      'SQL Server 2019 RTM GDR',
      'Security Intelligence Update',
      'Example Corporation - Net',
    ]) {
      assert.ok(titles.includes(kind), `no ${kind}`);
    }
  });

  it('marks what is made up: every document of our publisher says so in its title', () => {
    const publisher = /PublisherID="([^"]*)"/.exec(
      whole.documents.find(({ xml }) => xml.includes('HIDDEN'))?.xml ?? '',
    );
    const ours = whole.documents.filter(({ xml }) => xml.includes(`PublisherID="${publisher?.[1]}"`));
    assert.ok(ours.length > 20);
    for (const { name, xml } of ours) assert.match(xml, /\(synthetic\)<\/upd:Title>/, name);
  });

  it('goes on through 2024: each system has a cumulative update on every Patch Tuesday, and each month replaces the last', () => {
    const year = sampleCatalogue({ from: '2023-09', to: '2024-12', definitionsEvery: 28 });
    for (const system of ['Windows Server 2016', 'Windows Server 2019', 'version 21H2']) {
      const title = new RegExp(`<upd:Title>20\\d\\d-\\d\\d Cumulative Update for [^<.]*${system} for x64-based`);
      const line = year.documents.filter(({ xml }) => title.test(xml));
      assert.equal(line.length, 16, system);
      for (const [index, { published, xml }] of line.entries()) {
        assert.equal(published.slice(0, 13), cycleStart(published.slice(0, 7)).toString().slice(0, 13));
        const before = line[index - 1];
        const replaced = block(xml, 'SupersededUpdates').map(({ id }) => id);
        assert.ok(before === undefined || replaced.some((id) => before.name.startsWith(id)), `${system} ${published}`);
        if (published > '2024') assert.match(xml, /\(synthetic\)</);
      }
    }
  });

  it('gives a range of months without other months, and the same documents as a longer range', () => {
    const month = sampleCatalogue({ from: '2023-11', to: '2023-11' });
    const inWhole = new Map(whole.documents.map(({ name, xml }) => [name, xml]));
    for (const { name, xml, published } of month.documents) {
      assert.equal(inWhole.get(name), xml);
      assert.ok(published < '2023' || published.startsWith('2023-11'), `${name} of ${published}`);
    }
  });

  it('says what appears between two instants', () => {
    const before = Temporal.Instant.from('2023-10-10T16:59:59Z');
    const after = Temporal.Instant.from('2023-10-10T17:00:06Z');
    const first = publishedBetween(whole, undefined, before);
    const release = publishedBetween(whole, before, after);
    const rest = publishedBetween(whole, after, Temporal.Instant.from('2024-01-01T00:00:00Z'));
    assert.equal(first.length + release.length + rest.length, whole.documents.length);
    assert.ok(release.some(({ xml }) => xml.includes('(KB5031361)')));
    assert.ok(
      rest.some(({ xml }) => xml.includes('(KB5031364)')),
      'KB5031364 is two seconds later',
    );
  });

  it('refuses months without facts and steps that are not days', () => {
    assert.throws(() => sampleCatalogue({ from: '2023-08', to: '2023-10' }), RangeError);
    assert.throws(() => sampleCatalogue({ from: '2023-11', to: '2023-10' }), RangeError);
    assert.throws(() => sampleCatalogue({ from: 'October', to: '2023-10' }), RangeError);
    assert.throws(() => sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 0 }), RangeError);
  });
});

function digestOf(documents: readonly SampleDocument[]): string {
  return createHash('sha256').update(JSON.stringify(documents)).digest('hex');
}

/** The updates that one block of the relationships names. */
function block(xml: string, name: string): readonly { readonly id: string; readonly revision: string | undefined }[] {
  const content = new RegExp(`<upd:${name}>(.*?)</upd:${name}>`, 's').exec(xml)?.[1] ?? '';
  return [...content.matchAll(/UpdateID="([^"]*)"(?: RevisionNumber="(\d+)")?/g)].map(([, id = '', revision]) => ({
    id,
    revision,
  }));
}
