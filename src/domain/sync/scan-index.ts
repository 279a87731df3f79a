import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';

/**
 * The catalogue as SyncUpdates walks it: numbers in typed arrays. A revision's ordinal is its place in the order of delivery. Equal
 * prerequisite lists are one profile and equal clauses are one clause, so that a scan of 20,000 revisions evaluates a few hundred.
 */
export interface ScanIndex {
  /** Ordinal of a revision id; undefined for ids that this catalogue does not have. */
  ordinal(revisionId: number): number | undefined;
  /** By ordinal: the revision id. */
  readonly revisionIds: Int32Array;
  /** By ordinal: the number of its update. */
  readonly updates: Int32Array;
  /** By ordinal: the number of its prerequisite profile. */
  readonly profiles: Int32Array;
  /** By ordinal: see the constants below. */
  readonly traits: Uint8Array;
  readonly updateCount: number;
  /** Profile → clauses. */
  readonly clausesOf: Lists;
  /** Clause → updates; updates that the catalogue does not have are left out, nobody can have them installed. */
  readonly membersOf: Lists;
}

/** Lists of numbers laid end to end: list i is `items` from `starts[i]` up to `starts[i + 1]`. */
interface Lists {
  readonly starts: Int32Array;
  readonly items: Int32Array;
}

/** Never in the software pass. */
export const DRIVER = 1;
export const NON_LEAF = 2;
/** A part of a bundle that is itself a prerequisite: until the client has it, that bundle does not evaluate as installed. */
export const PART_OF_NON_LEAF = 4;
const BUNDLE = 8;

/** The index of a catalogue, built once. */
export const scanIndexOf: (catalogue: Catalogue) => ScanIndex = memoised(buildScanIndex);

/**
 * Which profiles hold for a set of installed updates, by profile number: 1 when each clause has an installed member
 * ([MS-WUSP] 3.1.1, prerequisites in conjunctive normal form).
 * @param installed 1 for installed updates, by update number
 */
export function holdingProfiles(index: ScanIndex, installed: Uint8Array): Uint8Array {
  const clauses = reduceLists(index.membersOf, installed, 'some');
  return reduceLists(index.clausesOf, clauses, 'every');
}

function reduceLists({ starts, items }: Lists, marks: Uint8Array, rule: 'some' | 'every'): Uint8Array {
  const decisive = rule === 'some' ? 1 : 0;
  const answers = new Uint8Array(starts.length - 1).fill(1 - decisive);
  for (let list = 0; list < answers.length; list++) {
    const end = starts[list + 1] ?? 0;
    for (let at = starts[list] ?? end; at < end; at++) {
      if (marks[items[at] ?? -1] === decisive) {
        answers[list] = decisive;
        break;
      }
    }
  }
  return answers;
}

function buildScanIndex(catalogue: Catalogue): ScanIndex {
  const traitsOf = traitsByRevision(catalogue);
  const ordered = [...traitsOf].sort(byDelivery);
  const updateNumbers = new Map<UpdateId, number>();
  for (const [revision] of ordered) {
    if (!updateNumbers.has(revision.updateId)) updateNumbers.set(revision.updateId, updateNumbers.size);
  }
  const clauses = interner();
  const profiles = interner();
  const revisionIds = Int32Array.from(ordered, ([revision]) => revision.revisionId);
  const profileOf = ({ prerequisites }: Revision) =>
    profiles.number(prerequisites.map(({ anyOf }) => clauses.number(numbersOf(anyOf, updateNumbers))));
  return {
    ordinal: ordinalLookup(revisionIds),
    revisionIds,
    updates: Int32Array.from(ordered, ([revision]) => updateNumbers.get(revision.updateId) ?? -1),
    profiles: Int32Array.from(ordered, ([revision]) => profileOf(revision)),
    traits: Uint8Array.from(ordered, ([, traits]) => traits),
    updateCount: updateNumbers.size,
    clausesOf: profiles.lists(),
    membersOf: clauses.lists(),
  };
}

/** Ids are given one after the other, so that a table of them all is small; where they are not, it is a map. */
const LARGEST_TABLE = 4_000_000;

function ordinalLookup(revisionIds: Int32Array): (revisionId: number) => number | undefined {
  const largest = revisionIds.reduce((most, id) => Math.max(most, id), 0);
  if (largest > LARGEST_TABLE) {
    const ordinals = new Map([...revisionIds].map((id, ordinal) => [id, ordinal]));
    return (revisionId) => ordinals.get(revisionId);
  }
  const table = new Int32Array(largest + 1); // one more than the ordinal; 0 where there is none
  for (const [ordinal, id] of revisionIds.entries()) table[id] = ordinal + 1;
  return (revisionId) => {
    const found = table[revisionId];
    return found ? found - 1 : undefined;
  };
}

function traitsByRevision(catalogue: Catalogue): ReadonlyMap<Revision, number> {
  const traits = new Map<Revision, number>();
  const nonLeafBundles = new Set<Revision>();
  for (const revision of catalogue.revisions.values()) {
    const isLeaf = catalogue.isLeaf(revision.updateId);
    const isBundle = revision.bundles.length > 0;
    const isDriver = revision.updateType === 'Driver';
    traits.set(revision, (isDriver ? DRIVER : 0) | (isLeaf ? 0 : NON_LEAF) | (isBundle ? BUNDLE : 0));
    if (isBundle && !isLeaf) nonLeafBundles.add(revision);
  }
  // The set grows while it is walked: parts may be bundles themselves.
  for (const bundle of nonLeafBundles) {
    for (const { updateId, revisionNumber } of bundle.bundles.flat()) {
      const part = catalogue.revision(updateId, revisionNumber);
      if (part === undefined) continue;
      traits.set(part, (traits.get(part) ?? 0) | PART_OF_NON_LEAF);
      nonLeafBundles.add(part);
    }
  }
  return traits;
}

/**
 * First what unlocks others: non-leaves and the parts that those bundle; in both groups parts before bundles, then by revision id.
 * Early non-leaves let the client end its rounds early, since the pages behind them also carry what they unlocked.
 */
function byDelivery([a, traitsA]: readonly [Revision, number], [b, traitsB]: readonly [Revision, number]): number {
  return deliveryRank(traitsA) - deliveryRank(traitsB) || a.revisionId - b.revisionId;
}

function deliveryRank(traits: number): number {
  return (traits & (NON_LEAF | PART_OF_NON_LEAF) ? 0 : 2) + (traits & BUNDLE ? 1 : 0);
}

function numbersOf(updateIds: readonly UpdateId[], numbers: ReadonlyMap<UpdateId, number>): readonly number[] {
  return updateIds.map((updateId) => numbers.get(updateId)).filter((number) => number !== undefined);
}

/** Gives equal sets of numbers one number. */
function interner(): { number(members: readonly number[]): number; lists(): Lists } {
  const known = new Map<string, number>();
  const lists: (readonly number[])[] = [];
  return {
    number(members) {
      const list = [...new Set(members)].sort((a, b) => a - b);
      const key = list.join();
      const number = known.get(key) ?? lists.length;
      if (number === lists.length) {
        known.set(key, number);
        lists.push(list);
      }
      return number;
    },
    lists: () => layEndToEnd(lists),
  };
}

function layEndToEnd(lists: readonly (readonly number[])[]): Lists {
  const starts = new Int32Array(lists.length + 1);
  for (const [at, list] of lists.entries()) starts[at + 1] = (starts[at] ?? 0) + list.length;
  const items = new Int32Array(starts[lists.length] ?? 0);
  for (const [at, list] of lists.entries()) items.set(list, starts[at]);
  return { starts, items };
}
