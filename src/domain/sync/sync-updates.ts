import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { DeploymentSet } from '#domain/decide/deployment.ts';
import { holdingProfiles, PART_OF_NON_LEAF, type ScanIndex, scanIndexOf } from '#domain/sync/scan-index.ts';
import { BECAME_NON_LEAF, type SetPlan, setPlanOf } from '#domain/sync/set-plan.ts';

/** One call of the software pass, as the client asked it ([MS-WUSP] 2.2.2.2.4). All ids are claims. */
export interface SyncAsk {
  readonly installedNonLeaf: readonly number[];
  readonly otherCached: readonly number[];
  /** Empty: a scan of everything. */
  readonly filterCategories: readonly UpdateId[];
  readonly needTwoGroupOutOfScope: boolean;
  /** The set that the client's cookie says it was told; undefined: not known, so that everything cached is told again. */
  readonly known: DeploymentSet | undefined;
}

/** How large one answer may be. */
export interface PageLimits {
  /** Entries of NewUpdates. */
  readonly maxUpdates: number;
  /** Bytes of NewUpdates and ChangedUpdates together. */
  readonly maxBytes: number;
  /** Bytes that a revision takes in NewUpdates, its core fragment above all. */
  bytesOf(revisionId: number): number;
}

/** What to answer; all numbers are revision ids, each at most once in one list. */
export interface SyncAnswer {
  readonly newUpdates: readonly number[];
  readonly outOfScope: readonly number[];
  readonly changed: readonly number[];
  /** Still deployed, but outside this scan: the client keeps them. Empty unless it asked for two groups in a category scan. */
  readonly deployedOutOfScope: readonly number[];
  /** The client must call again: more remain, or what it now has may unlock more. */
  readonly truncated: boolean;
  /**
   * The client now has exactly what the set says, as far as it goes: the new cookie names this set. Otherwise the new cookie must
   * name none, not even the old one: the client was told a part of the new set, so neither describes what it has.
   */
  readonly complete: boolean;
}

/** An entry of ChangedUpdates on the wire is below this: a deployment without a fragment. */
const CHANGED_BYTES = 400;

/**
 * Answers SyncUpdates for the software pass ([MS-WUSP] 3.1.5.7). Needed is what the set deploys and whose prerequisites the updates
 * reported as installed satisfy; drivers never. New is needed but not cached; out of scope is cached but not needed, ids that are
 * unknown included; changed is both, with a deployment or leaf flag other than the client was last told.
 *
 * Only NewUpdates is cut to the page, after the order of delivery, and each cut answer brings at least one: the calls end. Changed
 * ones go whole into the first answer after the change, since they are small and since a client that was told half of a change
 * could not be described by the version of a set. They use up the page's bytes, though.
 *
 * The set may hold an older revision beside the latest one of an update, where a bundle is made of it: both are sent.
 */
export function syncUpdates(catalogue: Catalogue, set: DeploymentSet, ask: SyncAsk, limits: PageLimits): SyncAnswer {
  const index = scanIndexOf(catalogue);
  const plan = setPlanOf(catalogue, set);
  const scope = plan.scopeOf(ask.filterCategories);
  const need: Need = { holding: holdingProfiles(index, installedUpdates(index, ask.installedNonLeaf)), scope };
  const cache = sortCache(index, plan, need, ask);
  // Most scans bring nothing new: these must not cost a walk over the whole catalogue.
  const hasAll = scope === undefined && cache.kept === countNeeded(plan, need);
  const page = hasAll ? NO_PAGE : cutPage(index, plan, need, cache, limits);
  // A category scan leaves other categories' changes untold, so only an unchanged set is told completely.
  const complete = scope === undefined || ask.known?.version === set.version;
  return {
    newUpdates: page.newUpdates,
    outOfScope: [...cache.outOfScope],
    changed: cache.changed,
    deployedOutOfScope: [...cache.deployedOutOfScope],
    // Only with a cookie that names the new set do changes end, and with them the calls.
    truncated: page.isCut || page.mayUnlock || (complete && cache.mayUnlock),
    complete,
  };
}

/** By update number: 1 for those of which the client has a revision installed, deployed or not. */
function installedUpdates(index: ScanIndex, installedNonLeaf: readonly number[]): Uint8Array {
  const installed = new Uint8Array(index.updateCount);
  for (const revisionId of installedNonLeaf) {
    const ordinal = index.ordinal(revisionId);
    if (ordinal !== undefined) installed[index.updates[ordinal] ?? -1] = 1;
  }
  return installed;
}

/** What decides whether a client needs something. */
interface Need {
  /** By profile: 1 where its prerequisites hold. */
  readonly holding: Uint8Array;
  /** By ordinal: 1 for what belongs to the scan; absent: everything does. */
  readonly scope: Uint8Array | undefined;
}

function isNeeded(index: ScanIndex, plan: SetPlan, { holding, scope }: Need, ordinal: number): boolean {
  return (
    plan.isDeliverable[ordinal] === 1 &&
    holding[index.profiles[ordinal] ?? -1] === 1 &&
    (scope === undefined || scope[ordinal] === 1)
  );
}

/** How much a client needs in a scan of everything. */
function countNeeded({ deliverablePerProfile }: SetPlan, { holding }: Need): number {
  let count = 0;
  for (let profile = 0; profile < holding.length; profile++) {
    if (holding[profile] === 1) count += deliverablePerProfile[profile] ?? 0;
  }
  return count;
}

interface SortedCache {
  /** By ordinal: 1 for what the client has. */
  readonly marks: Uint8Array;
  /** How much of it the client goes on needing. */
  readonly kept: number;
  readonly changed: readonly number[];
  readonly outOfScope: ReadonlySet<number>;
  readonly deployedOutOfScope: ReadonlySet<number>;
  /** The client counts among its leaves, or among what is not installed, an update that it must learn to be a non-leaf. */
  readonly mayUnlock: boolean;
}

/** Sorts what the client has into what it keeps, what it keeps with a change, and what it drops. */
function sortCache(index: ScanIndex, plan: SetPlan, need: Need, ask: SyncAsk): SortedCache {
  const changes = plan.changesSince(ask.known);
  const isTwoGroup = ask.needTwoGroupOutOfScope && ask.filterCategories.length > 0;
  const marks = new Uint8Array(index.revisionIds.length);
  const changed: number[] = [];
  const outOfScope = new Set<number>();
  const deployedOutOfScope = new Set<number>();
  let kept = 0;
  let mayUnlock = false;
  for (const revisionIds of [ask.installedNonLeaf, ask.otherCached]) {
    for (const revisionId of revisionIds) {
      const ordinal = index.ordinal(revisionId);
      if (ordinal === undefined) outOfScope.add(revisionId);
      else if (!isNeeded(index, plan, need, ordinal)) {
        const isKept = isTwoGroup && plan.deployed[ordinal] === 1;
        (isKept ? deployedOutOfScope : outOfScope).add(revisionId);
      } else if (marks[ordinal] !== 1) {
        marks[ordinal] = 1;
        kept += 1;
        const change = changes?.[ordinal] ?? 0;
        if (change !== 0) changed.push(revisionId);
        mayUnlock ||= (change & BECAME_NON_LEAF) !== 0 && revisionIds === ask.otherCached;
      }
    }
  }
  return { marks, kept, changed, outOfScope, deployedOutOfScope, mayUnlock };
}

interface Page {
  readonly newUpdates: readonly number[];
  readonly isCut: boolean;
  /** It carries a part of a bundle that others require: the client may find that bundle installed only now. */
  readonly mayUnlock: boolean;
}

const NO_PAGE: Page = { newUpdates: [], isCut: false, mayUnlock: false };

/** What is needed and not cached, in the order of delivery, up to the limits; at least one. */
function cutPage(index: ScanIndex, plan: SetPlan, need: Need, cache: SortedCache, limits: PageLimits): Page {
  const newUpdates: number[] = [];
  let bytes = cache.changed.length * CHANGED_BYTES;
  let mayUnlock = false;
  for (const ordinal of plan.deliverable) {
    if (cache.marks[ordinal] === 1 || !isNeeded(index, plan, need, ordinal)) continue;
    const revisionId = index.revisionIds[ordinal] ?? -1;
    bytes += limits.bytesOf(revisionId);
    const isFull = newUpdates.length >= limits.maxUpdates || bytes > limits.maxBytes;
    if (isFull && newUpdates.length > 0) return { newUpdates, isCut: true, mayUnlock };
    newUpdates.push(revisionId);
    mayUnlock ||= ((index.traits[ordinal] ?? 0) & PART_OF_NON_LEAF) !== 0;
  }
  return { newUpdates, isCut: false, mayUnlock };
}
