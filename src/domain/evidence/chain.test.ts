import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import {
  type ChainBreak,
  type ChainHead,
  checkAnchor,
  checkEnd,
  checkLink,
  EMPTY_CHAIN,
  type RecordRow,
  recordText,
  SERVICE_CHAIN,
} from './chain.ts';

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

function chainOf(length: number): RecordRow[] {
  const rows: RecordRow[] = [];
  for (let number = 1; number <= length; number++) {
    const row = {
      customerId: SERVICE_CHAIN,
      number,
      at: Temporal.Instant.from('2026-11-10T18:00:00Z').add({ minutes: number }),
      clock: 'simulated',
      who: 'jo',
      what: 'policy.changed',
      subject: { version: number },
      facts: {},
      previous: rows.at(-1)?.hash ?? EMPTY_CHAIN.hash,
    } as const;
    rows.push({ ...row, hash: sha256(recordText(row)) });
  }
  return rows;
}

function firstBreak(rows: readonly RecordRow[], claimed: ChainHead): ChainBreak | undefined {
  let head = EMPTY_CHAIN;
  for (const row of rows) {
    const broken = checkLink(head, row, sha256);
    if (broken) return broken;
    head = row;
  }
  return checkEnd(head, claimed);
}

const rows = chainOf(5);
const last = rows.at(-1) as RecordRow;
const third = rows[2] as RecordRow;

it('accepts an untouched chain', () => {
  assert.equal(firstBreak(rows, last), undefined);
  assert.equal(firstBreak([], EMPTY_CHAIN), undefined);
});

const CHANGES: Partial<RecordRow>[] = [
  { customerId: 'a8a4b1f0-0000-4000-8000-000000000001' },
  { at: third.at.add({ microseconds: 1 }) },
  { clock: 'real' },
  { who: 'sam' },
  { what: 'policy.restored' },
  { subject: { version: 4 } },
  { facts: { a: null } },
  { hash: new Uint8Array(32) },
];

for (const change of CHANGES) {
  it(`finds a changed ${Object.keys(change)[0]}`, () => {
    assert.deepEqual(brief(firstBreak(rows.with(2, { ...third, ...change }), last)), ['record.changed', 3]);
  });
}

it('finds a changed row whose hash was made to fit', () => {
  const forged = { ...third, who: 'sam' };
  const fitting = { ...forged, hash: sha256(recordText(forged)) };
  assert.deepEqual(brief(firstBreak(rows.with(2, fitting), last)), ['record.broken-link', 4]);
});

it('finds a removed row, at either end and in the middle', () => {
  assert.deepEqual(brief(firstBreak(rows.toSpliced(0, 1), last)), ['record.missing', 1]);
  assert.deepEqual(brief(firstBreak(rows.toSpliced(2, 1), last)), ['record.missing', 3]);
  assert.deepEqual(brief(firstBreak(rows.toSpliced(4, 1), last)), ['record.end-cut-off', 5]);
});

it('finds two rows that changed places', () => {
  const swapped = [rows[0], rows[2], rows[1], rows[3], rows[4]] as RecordRow[];
  assert.deepEqual(brief(firstBreak(swapped, last)), ['record.missing', 2]);
});

it('finds a chain that was written anew by a head that was noted before', () => {
  const anew = chainOf(5).map((row) => ({ ...row, who: 'sam', hash: sha256(recordText({ ...row, who: 'sam' })) }));
  assert.deepEqual(brief(checkAnchor(anew[2] as RecordRow, third)), ['record.rewritten', 3]);
  assert.equal(checkAnchor(third, third), undefined);
});

function brief(broken: ChainBreak | undefined): unknown[] {
  return [broken?.code, broken?.number];
}
