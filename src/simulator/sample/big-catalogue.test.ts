import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bigCatalogue } from './big-catalogue.ts';

describe('big catalogue', () => {
  it('makes as many revisions as asked for, each once', () => {
    const names = new Set(bigCatalogue(5000).map(({ name }) => name));
    assert.equal(names.size, 5000);
  });

  it('begins the same for every size', () => {
    const small = [...bigCatalogue(200)];
    assert.deepEqual([...bigCatalogue(1000).take(200)], small);
  });

  it('is made one by one', () => {
    const [first] = bigCatalogue(Number.MAX_SAFE_INTEGER).take(1);
    assert.match(first?.xml ?? '', /^<upd:Update /);
  });

  it('has lines of supersedence whose predecessors came before', () => {
    const seen = new Set<string>();
    let superseding = 0;
    for (const { name, xml } of bigCatalogue(3000)) {
      const superseded = /<upd:SupersededUpdates><upd:UpdateIdentity UpdateID="([^"]*)"/.exec(xml)?.[1];
      if (superseded !== undefined) {
        assert.ok(seen.has(`${superseded}-r1`), name);
        superseding++;
      }
      seen.add(name);
    }
    assert.ok(superseding > 1000);
  });
});
