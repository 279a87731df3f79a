import { categoryDocuments } from './categories.ts';
import { cumulativeDocuments } from './cumulative.ts';
import { definitionDocuments } from './definitions.ts';
import { detectoidDocuments } from './detectoids.ts';
import { type DocumentFacts, writeDocument } from './document.ts';
import { dotnetDocuments } from './dotnet.ts';
import { driverDocuments } from './drivers.ts';
import { extraDocuments } from './extras.ts';
import { FIRST_MONTH, LAST_MONTH } from './facts.ts';
import { payloadBytes, type SamplePayload } from './payload.ts';
import { servicingStackDocuments } from './servicing-stack.ts';

export interface SampleOptions {
  /** First and last month of publication, `YYYY-MM`; 2023-09 to 2024-12. */
  readonly from: string;
  readonly to: string;
  /** Days between two definition updates, from 1; 3 unless told. */
  readonly definitionsEvery?: number;
}

export interface SampleDocument {
  /** Update id and revision number: a file name without its extension. */
  readonly name: string;
  /** Instant of publication, ISO 8601 in UTC. */
  readonly published: string;
  /** A whole `upd:Update` document. */
  readonly xml: string;
}

/** Update metadata and the content that belongs to it. */
export interface SampleCatalogue {
  /** Oldest first; whatever a document names as its prerequisite or part stands before it. */
  readonly documents: readonly SampleDocument[];
  readonly payloads: readonly SamplePayload[];
  /** Bytes of a file by its SHA-1 in hex; undefined when the sample has no such file. */
  payload(sha1: string): Uint8Array | undefined;
}

/**
 * The sample catalogue of a range of months: categories and detectoids, everything published in the months, and nothing else. The
 * same options give the same bytes on every machine. Throws a RangeError for options that make no sense.
 */
export function sampleCatalogue(options: SampleOptions): SampleCatalogue {
  const facts = documentsOf(options);
  const files = facts.flatMap(filesOf);
  const payloads = new Map(files.map((file) => [file.sha1, file]));
  return {
    documents: facts.map((document) => ({
      name: `${document.updateId}-r${document.revisionNumber}`,
      published: document.published,
      xml: writeDocument(document),
    })),
    payloads: [...payloads.values()],
    payload(sha1) {
      const file = payloads.get(sha1.toLowerCase());
      return file && payloadBytes(file.name);
    },
  };
}

/**
 * The documents that appear after one instant and until another, as an import on Patch Tuesday sees them. Without `after`:
 * everything that is out by then.
 */
export function publishedBetween(
  catalogue: SampleCatalogue,
  after: Temporal.Instant | undefined,
  until: Temporal.Instant,
): readonly SampleDocument[] {
  return catalogue.documents.filter((document) => {
    const published = Temporal.Instant.from(document.published);
    const isNew = after === undefined || Temporal.Instant.compare(published, after) > 0;
    return isNew && Temporal.Instant.compare(published, until) <= 0;
  });
}

function documentsOf({ from, to, definitionsEvery = 3 }: SampleOptions): readonly DocumentFacts[] {
  checkOptions(from, to, definitionsEvery);
  const lastDay = Temporal.PlainYearMonth.from(to).add({ months: 1 }).toPlainDate({ day: 1 }).subtract({ days: 1 });
  const updates = [
    ...servicingStackDocuments(),
    ...cumulativeDocuments(),
    ...dotnetDocuments(),
    ...definitionDocuments(lastDay, definitionsEvery),
    ...driverDocuments(),
    ...extraDocuments(),
  ].filter(({ published }) => published.slice(0, 7) >= from && published.slice(0, 7) <= to);
  return [...categoryDocuments(), ...detectoidDocuments(), ...updates.toSorted(byPublication)];
}

/** The sort is stable: parts stay before their bundle. */
function byPublication(left: DocumentFacts, right: DocumentFacts): number {
  if (left.published === right.published) return 0;
  return left.published < right.published ? -1 : 1;
}

function checkOptions(from: string, to: string, definitionsEvery: number): void {
  for (const month of [from, to]) {
    if (!/^\d{4}-\d{2}$/.test(month) || month < FIRST_MONTH || month > LAST_MONTH) {
      throw new RangeError(`The sample has ${FIRST_MONTH} to ${LAST_MONTH}, not ${month}`);
    }
  }
  if (from > to) throw new RangeError(`The sample's months must not run backwards: ${from} to ${to}`);
  if (!Number.isInteger(definitionsEvery) || definitionsEvery < 1) {
    throw new RangeError(`Days between definition updates must be a whole number from 1, not ${definitionsEvery}`);
  }
}

function filesOf({ files = [], eula }: DocumentFacts): readonly SamplePayload[] {
  return eula === undefined ? files : [...files, eula.file];
}
