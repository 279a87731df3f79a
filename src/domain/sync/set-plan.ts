import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import { categoryFilter } from '#domain/sync/category-filter.ts';
import { DRIVER, NON_LEAF, type ScanIndex, scanIndexOf } from '#domain/sync/scan-index.ts';

/** A deployment set in terms of the scan index, kept as long as the set and the catalogue live. */
export interface SetPlan {
  /** Ordinals of what the software pass may deliver, in the order of delivery. */
  readonly deliverable: Int32Array;
  /** By ordinal: 1 for these. */
  readonly isDeliverable: Uint8Array;
  /** By profile: how many of these have it. */
  readonly deliverablePerProfile: Int32Array;
  /** By ordinal: 1 for what the set deploys, drivers included. */
  readonly deployed: Uint8Array;
  /** By ordinal: what changed since the client was told `known`; undefined where it was told this very set. */
  changesSince(known: DeploymentSet | undefined): Uint8Array | undefined;
  /** By ordinal: 1 for what belongs to a scan of these categories; undefined for a scan of everything. */
  scopeOf(categories: readonly UpdateId[]): Uint8Array | undefined;
}

/** The client's copy of the deployment is not the set's. */
const CHANGED = 1;
/** Changed, and the client may still take it for a leaf. */
export const BECAME_NON_LEAF = 2;

/** Category scans ask for the same few products again and again; more different ones than this are not kept. */
const MOST_KEPT_SCOPES = 16;

/** The plan of a set under a catalogue, built once. */
export function setPlanOf(catalogue: Catalogue, set: DeploymentSet): SetPlan {
  return plansUnder(catalogue)(set);
}

const plansUnder = memoised((catalogue: Catalogue) => memoised((set: DeploymentSet) => buildPlan(catalogue, set)));

function buildPlan(catalogue: Catalogue, set: DeploymentSet): SetPlan {
  const index = scanIndexOf(catalogue);
  const deployed = deployedMarks(index, set);
  const changesSince = memoised((known: DeploymentSet) => compareSets(index, known, set));
  const scopes = new Map<string, Uint8Array>();
  const deliverable = ordinalsOf(index, deployed, DRIVER);
  const isDeliverable = new Uint8Array(deployed.length);
  const deliverablePerProfile = new Int32Array(index.clausesOf.starts.length - 1);
  for (const ordinal of deliverable) {
    isDeliverable[ordinal] = 1;
    const profile = index.profiles[ordinal] ?? -1;
    deliverablePerProfile[profile] = (deliverablePerProfile[profile] ?? 0) + 1;
  }
  return {
    deliverable,
    isDeliverable,
    deliverablePerProfile,
    deployed,
    changesSince(known) {
      if (known === undefined) return everythingChanged(index);
      return known.version === set.version ? undefined : changesSince(known);
    },
    scopeOf(categories) {
      if (categories.length === 0) return undefined;
      const key = [...new Set(categories)].sort().join();
      const kept = scopes.get(key);
      if (kept !== undefined) return kept;
      const scope = marksOf(index, categoryFilter(catalogue, set, categories), deployed);
      if (scopes.size >= MOST_KEPT_SCOPES) scopes.clear();
      scopes.set(key, scope);
      return scope;
    },
  };
}

const everythingChanged = memoised(({ traits }: ScanIndex) =>
  traits.map((trait) => CHANGED | (trait & NON_LEAF ? BECAME_NON_LEAF : 0)),
);

/** By ordinal: 1 for what the set deploys; ids that the catalogue does not have cannot be delivered and are left out. */
function deployedMarks(index: ScanIndex, set: DeploymentSet): Uint8Array {
  const deployed = new Uint8Array(index.revisionIds.length);
  for (const revisionId of set.deployments.keys()) {
    const ordinal = index.ordinal(revisionId);
    if (ordinal !== undefined) deployed[ordinal] = 1;
  }
  return deployed;
}

/** The marked ordinals, ascending, without those that have the unwanted trait. */
function ordinalsOf(index: ScanIndex, marks: Uint8Array, unwanted = 0): Int32Array {
  const ordinals = new Int32Array(marks.length);
  let count = 0;
  for (let ordinal = 0; ordinal < marks.length; ordinal++) {
    if (marks[ordinal] === 1 && ((index.traits[ordinal] ?? 0) & unwanted) === 0) ordinals[count++] = ordinal;
  }
  return ordinals.slice(0, count);
}

function marksOf(index: ScanIndex, revisionIds: Iterable<number>, within: Uint8Array): Uint8Array {
  const marks = new Uint8Array(within.length);
  for (const revisionId of revisionIds) {
    const ordinal = index.ordinal(revisionId);
    if (ordinal !== undefined && within[ordinal] === 1) marks[ordinal] = 1;
  }
  return marks;
}

/**
 * A set does not say what was a leaf when it was told. But a client needs to know a non-leaf only for the sake of those in its set
 * that name it: so one became a non-leaf, as far as this client is concerned, when the first of them came into the set.
 */
function compareSets(index: ScanIndex, known: DeploymentSet, set: DeploymentSet): Uint8Array {
  const ordinals = ordinalsOf(index, deployedMarks(index, set));
  const namedBefore = namedUpdates(index, ordinalsOf(index, deployedMarks(index, known)));
  const namedNow = namedUpdates(index, ordinals);
  const changes = new Uint8Array(index.revisionIds.length);
  for (const ordinal of ordinals) {
    const revisionId = index.revisionIds[ordinal] ?? -1;
    const update = index.updates[ordinal] ?? -1;
    const becameNonLeaf = namedNow[update] === 1 && namedBefore[update] === 0;
    const isSame = sameDeployment(known.deployments.get(revisionId), set.deployments.get(revisionId));
    if (becameNonLeaf) changes[ordinal] = CHANGED | BECAME_NON_LEAF;
    else if (!isSame) changes[ordinal] = CHANGED;
  }
  return changes;
}

/** By update number: 1 for those that the prerequisites of these revisions name. */
function namedUpdates(index: ScanIndex, ordinals: Int32Array): Uint8Array {
  const { clausesOf, membersOf } = index;
  const named = new Uint8Array(index.updateCount);
  const profiles = new Set<number>();
  for (const ordinal of ordinals) profiles.add(index.profiles[ordinal] ?? -1);
  const clauses = new Set<number>();
  for (const profile of profiles) {
    for (const clause of clausesOf.items.subarray(clausesOf.starts[profile], clausesOf.starts[profile + 1])) {
      clauses.add(clause);
    }
  }
  for (const clause of clauses) {
    for (const update of membersOf.items.subarray(membersOf.starts[clause], membersOf.starts[clause + 1])) {
      named[update] = 1;
    }
  }
  return named;
}

function sameDeployment(a: Deployment | undefined, b: Deployment | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.action === b.action && a.lastChange === b.lastChange && sameInstant(a.deadline, b.deadline);
}

function sameInstant(a: Temporal.Instant | undefined, b: Temporal.Instant | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
