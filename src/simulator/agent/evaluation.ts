import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { Rule } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from '../machine/applicability.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { Truth } from '../machine/truth.ts';
import type { CachedUpdate } from './data-store.ts';

/** `unknown`: the model of the machine cannot answer the rules; such an update is neither reported nor installed. */
type UpdateState = 'installed' | 'applicable' | 'not-applicable' | 'unknown';

/** The states of all cached updates on one machine at one moment; answers are computed when asked for and kept. */
export interface Evaluation {
  stateOf(update: CachedUpdate): UpdateState;
  /**
   * The revisions without parts of their own that an installation (of the applicable) or a removal (of the installed) is about:
   * the update itself, or one for each bundle clause that needs it.
   */
  partsIn(update: CachedUpdate, state: 'applicable' | 'installed'): readonly CachedUpdate[];
  /** True when an update that replaces this one is installed, or will be: applicable and deployed for installation. */
  isSuperseded(update: CachedUpdate): boolean;
  /** Rule elements without an answer → how often they were met. */
  readonly unknownRules: ReadonlyMap<string, number>;
}

/** Evaluates the cached updates on a machine. A change of the machine needs a new evaluation; the set of updates must not change. */
export function createEvaluation(updates: ReadonlyMap<number, CachedUpdate>, machine: MachineState): Evaluation {
  const index = indexOf(updates);
  const states = new Map<number, UpdateState>();
  const unknownRules = new Map<string, number>();
  const countUnknown = (name: string) => unknownRules.set(name, (unknownRules.get(name) ?? 0) + 1);

  function stateOf(update: CachedUpdate): UpdateState {
    const known = states.get(update.revisionId);
    if (known !== undefined) return known;
    // Stands while the update is being evaluated: a circle of prerequisites or bundles is never satisfied.
    states.set(update.revisionId, 'not-applicable');
    const state = evaluate(update);
    states.set(update.revisionId, state);
    return state;
  }

  function evaluate(update: CachedUpdate): UpdateState {
    const { prerequisites, bundles } = update.core;
    if (!prerequisites.every(({ anyOf }) => anyOf.some(isInstalled))) return 'not-applicable';
    return bundles.length > 0 ? bundleState(bundles.map(clauseState)) : ruleState(update);
  }

  function isInstalled(updateId: string): boolean {
    const update = index.latest.get(updateId);
    return update !== undefined && stateOf(update) === 'installed';
  }

  function clauseState(clause: readonly UpdateIdentity[]): UpdateState {
    const members = partsOf(clause).map(stateOf);
    return PREFERENCE.find((state) => members.includes(state)) ?? 'not-applicable';
  }

  function partsOf(clause: readonly UpdateIdentity[]): readonly CachedUpdate[] {
    return clause.flatMap((identity) => index.exact.get(identityKey(identity)) ?? []);
  }

  function ruleState({ core }: CachedUpdate): UpdateState {
    const { isInstalled: installed, isInstallable: installable, isSuperseded: superseded, metadata } = core.rules;
    const context = { machine, updateId: core.identity.updateId, metadata };
    const ask = (rule: Rule | undefined): Truth => rule !== undefined && evaluateRule(rule, context, countUnknown);
    const present = ask(installed);
    if (present === true) return 'installed';
    const wanted = ask(installable);
    if (wanted === false || ask(superseded) === true) return 'not-applicable';
    return present === undefined || wanted === undefined ? 'unknown' : 'applicable';
  }

  function partsIn(update: CachedUpdate, state: 'applicable' | 'installed'): readonly CachedUpdate[] {
    if (update.core.bundles.length === 0) return [update];
    return update.core.bundles.flatMap((clause) => {
      const parts = partsOf(clause);
      if (state === 'applicable' && parts.some((part) => stateOf(part) === 'installed')) return [];
      const chosen = parts.find((part) => stateOf(part) === state);
      return chosen === undefined ? [] : partsIn(chosen, state);
    });
  }

  function isSuperseded(update: CachedUpdate): boolean {
    const seen = new Set([update.core.identity.updateId]);
    const waiting = [...(index.successors.get(update.core.identity.updateId) ?? [])];
    for (let successor = waiting.pop(); successor !== undefined; successor = waiting.pop()) {
      if (seen.has(successor.core.identity.updateId)) continue;
      seen.add(successor.core.identity.updateId);
      const state = stateOf(successor);
      if (state === 'installed' || (state === 'applicable' && successor.deployment.action === 'Install')) return true;
      waiting.push(...(index.successors.get(successor.core.identity.updateId) ?? []));
    }
    return false;
  }

  return { stateOf, partsIn, isSuperseded, unknownRules };
}

/** A clause is as good as its best member. */
const PREFERENCE: readonly UpdateState[] = ['installed', 'applicable', 'unknown', 'not-applicable'];

/** A bundle is applicable when every clause has a member that is installed or applicable, and not all are installed. */
function bundleState(clauses: readonly UpdateState[]): UpdateState {
  if (clauses.includes('not-applicable')) return 'not-applicable';
  if (clauses.includes('unknown')) return 'unknown';
  return clauses.includes('applicable') ? 'applicable' : 'installed';
}

interface UpdateIndex {
  readonly latest: ReadonlyMap<string, CachedUpdate>;
  readonly exact: ReadonlyMap<string, CachedUpdate>;
  /** Update id → the cached updates that name it as superseded. */
  readonly successors: ReadonlyMap<string, readonly CachedUpdate[]>;
}

/** Sets are never changed in place, and thousands of servers share one: its index is made once. */
const indexes = new WeakMap<ReadonlyMap<number, CachedUpdate>, UpdateIndex>();

function indexOf(updates: ReadonlyMap<number, CachedUpdate>): UpdateIndex {
  const index = indexes.get(updates) ?? indexUpdates(updates.values());
  indexes.set(updates, index);
  return index;
}

function indexUpdates(updates: Iterable<CachedUpdate>): UpdateIndex {
  const latest = new Map<string, CachedUpdate>();
  const exact = new Map<string, CachedUpdate>();
  const successors = new Map<string, CachedUpdate[]>();
  for (const update of updates) {
    const { identity, supersedes } = update.core;
    exact.set(identityKey(identity), update);
    const other = latest.get(identity.updateId);
    if (other === undefined || other.core.identity.revisionNumber < identity.revisionNumber) {
      latest.set(identity.updateId, update);
    }
    for (const predecessor of supersedes) {
      const named = successors.get(predecessor);
      if (named === undefined) successors.set(predecessor, [update]);
      else named.push(update);
    }
  }
  return { latest, exact, successors };
}

/** One text for an exact revision. */
export function identityKey({ updateId, revisionNumber }: UpdateIdentity): string {
  return `${updateId}.${revisionNumber}`;
}
