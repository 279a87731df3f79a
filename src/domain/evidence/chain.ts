import { canonicalJson, type Json } from '#domain/evidence/canonical-json.ts';

/** What a row of the record says: who did what to which subject on which facts. */
export interface RecordEntry {
  /** The customer whose chain it belongs to; `SERVICE_CHAIN` for the service itself. */
  readonly customerId: string;
  /** Whole microseconds, as the store keeps them. */
  readonly at: Temporal.Instant;
  readonly clock: 'real' | 'simulated';
  readonly who: string;
  /** A verb of the field, e.g. `policy.changed`. */
  readonly what: string;
  readonly subject: Json;
  readonly facts: Json;
}

/** A row as it stands in a chain. */
export interface RecordRow extends RecordEntry {
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  /** SHA-256 of the row before; 32 zero bytes for the first. */
  readonly previous: Uint8Array;
  /** SHA-256 of this row's `recordText` as UTF-8. */
  readonly hash: Uint8Array;
}

/** Where a chain ends. */
export interface ChainHead {
  readonly number: number;
  readonly hash: Uint8Array;
}

/** What is wrong with a chain, and at which number. */
export interface ChainBreak {
  readonly code: 'record.missing' | 'record.broken-link' | 'record.changed' | 'record.end-cut-off' | 'record.rewritten';
  readonly number: number;
  readonly message: string;
}

export const SERVICE_CHAIN = '00000000-0000-0000-0000-000000000000';

/** The head of a chain that has no rows yet. */
export const EMPTY_CHAIN: ChainHead = { number: 0, hash: new Uint8Array(32) };

/** The text whose SHA-256 (as UTF-8) is a row's hash: a version line, then the canonical JSON of everything in the row but the hash. */
export function recordText(row: Omit<RecordRow, 'hash'>): string {
  const { customerId, number, at, clock, who, what, subject, facts, previous } = row;
  const content = {
    customerId,
    number,
    at: at.toString(),
    clock,
    who,
    what,
    subject,
    facts,
    previous: previous.toHex(),
  };
  return `second-tuesday record 1\n${canonicalJson(content)}`;
}

/** Checks that `row` is the one that follows `head`. Undefined when it is. */
export function checkLink(
  head: ChainHead,
  row: RecordRow,
  sha256: (text: string) => Uint8Array,
): ChainBreak | undefined {
  const expected = head.number + 1;
  if (row.number !== expected) {
    return { code: 'record.missing', number: expected, message: `Row ${expected} is missing; ${row.number} follows.` };
  }
  if (!sameBytes(row.previous, head.hash)) {
    const message = `Row ${row.number} does not continue row ${head.number}.`;
    return { code: 'record.broken-link', number: row.number, message };
  }
  if (!sameBytes(sha256(recordText(row)), row.hash)) {
    return {
      code: 'record.changed',
      number: row.number,
      message: `Row ${row.number} was changed after it was written.`,
    };
  }
  return undefined;
}

/** Checks that the rows end where the head says that the chain ends. Undefined when they do. */
export function checkEnd(head: ChainHead, claimed: ChainHead): ChainBreak | undefined {
  if (head.number === claimed.number && sameBytes(head.hash, claimed.hash)) return undefined;
  const message = `The chain ends with row ${head.number}, but its head is row ${claimed.number}.`;
  return { code: 'record.end-cut-off', number: Math.min(head.number, claimed.number) + 1, message };
}

/** Checks a head against one that was noted outside, e.g. in an auditor's report: finds a chain that was rewritten whole. */
export function checkAnchor(head: ChainHead, anchor: ChainHead): ChainBreak | undefined {
  if (head.number !== anchor.number || sameBytes(head.hash, anchor.hash)) return undefined;
  const message = `Row ${anchor.number} is not the one that was noted: the chain was written anew up to it or from before it.`;
  return { code: 'record.rewritten', number: anchor.number, message };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
