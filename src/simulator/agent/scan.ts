import type { NewUpdate, SyncInfo, SyncUpdateParameters } from '#protocol/wusp/types.ts';
import type { AgentContext } from './agent-context.ts';
import { converse } from './conversation.ts';
import type { CachedUpdate } from './data-store.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import { WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS, WU_E_XML_INVALID } from './hresults.ts';
import { ownCookie } from './own-text.ts';
import type { CallFailure } from './service-call.ts';

/** SyncUpdates calls that an agent makes in one scan before it gives up. */
const MAX_SERVER_TRIPS = 200;

export type SyncResult = { readonly ok: true; readonly calls: number } | CallFailure;

/**
 * One synchronisation of metadata ([MS-WUSP] 3.2.5): software in rounds, each unlocked by what the last one showed to be installed,
 * then drivers, unless the server says that there are none. What came before a failure stays cached.
 */
export async function synchronise(agent: AgentContext, at: Temporal.Instant): Promise<SyncResult> {
  let calls = 0;
  let driversWanted = true;
  for (let again = true; again; ) {
    if (++calls > MAX_SERVER_TRIPS) return tooManyTrips();
    const answer = await syncOnce(agent, at, () => softwareParameters(agent));
    if (!answer.ok) return answer;
    const { newUpdates, truncated, driverSyncNotNeeded } = answer.info;
    if (driverSyncNotNeeded === true) driversWanted = false;
    again = truncated || newUpdates.some(({ isLeaf }) => !isLeaf);
  }
  for (let again = driversWanted; again; ) {
    if (++calls > MAX_SERVER_TRIPS) return tooManyTrips();
    const answer = await syncOnce(agent, at, () => driverParameters(agent));
    if (!answer.ok) return answer;
    again = answer.info.truncated;
  }
  return { ok: true, calls };
}

function tooManyTrips(): CallFailure {
  const message = `SyncUpdates: more than ${MAX_SERVER_TRIPS} calls`;
  return { ok: false, hresult: WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS, message };
}

async function syncOnce(
  agent: AgentContext,
  at: Temporal.Instant,
  parameters: () => SyncUpdateParameters,
): Promise<{ readonly ok: true; readonly info: SyncInfo<string> } | CallFailure> {
  const result = await converse<'SyncUpdates'>(agent, at, agent.policy.wuServer, (cookie) => ({
    operation: 'SyncUpdates',
    cookie,
    parameters: parameters(),
  }));
  if (!result.ok) return result;
  const info = result.response.syncInfo;
  return applySync(agent, info) ?? { ok: true, info };
}

/** Takes an answer into the data store. */
function applySync({ store, fragments }: AgentContext, info: SyncInfo<string>): CallFailure | undefined {
  const removed = info.outOfScopeRevisionIds;
  for (const revisionId of removed) store.details.delete(revisionId);
  const put: CachedUpdate[] = info.changedUpdates.flatMap(({ id, isLeaf, deployment }) => {
    const known = removed.includes(id) ? undefined : store.updates.get(id);
    return known === undefined ? [] : [{ ...known, isLeaf, deployment }];
  });
  let failure: CallFailure | undefined;
  for (const update of info.newUpdates) {
    const cached = readUpdate(fragments.core(update.id, update.xml), update);
    if (cached === undefined) {
      const message = `SyncUpdates: core fragment of revision ${update.id}`;
      failure = { ok: false, hresult: WU_E_XML_INVALID, message };
      break;
    }
    put.push(cached);
  }
  store.updates = fragments.updates.changed(store.updates, { removed, put });
  if (failure === undefined) store.cookie = ownCookie(info.newCookie);
  return failure;
}

function readUpdate(core: CachedUpdate['core'] | undefined, update: NewUpdate<string>): CachedUpdate | undefined {
  const { id, isLeaf, deployment } = update;
  return core === undefined ? undefined : { revisionId: id, isLeaf, deployment, core };
}

function softwareParameters({ store, machine }: AgentContext): SyncUpdateParameters {
  const evaluation = createEvaluation(store.updates, machine);
  const installed: number[] = [];
  const others: number[] = [];
  for (const update of store.updates.values()) {
    if (isDriver(update)) continue;
    if (isInstalledNonLeaf(update, evaluation)) installed.push(update.revisionId);
    else others.push(update.revisionId);
  }
  return {
    ...(installed.length === 0 ? {} : { installedNonLeafUpdateIds: installed }),
    ...(others.length === 0 ? {} : { otherCachedUpdateIds: others }),
    skipSoftwareSync: false,
    needTwoGroupOutOfScopeUpdates: true,
    alsoPerformRegularSync: true,
  };
}

function driverParameters({ store, machine }: AgentContext): SyncUpdateParameters {
  const evaluation = createEvaluation(store.updates, machine);
  const updates = [...store.updates.values()];
  const installed = updates.filter((update) => !isDriver(update) && isInstalledNonLeaf(update, evaluation));
  const drivers = updates.filter(isDriver);
  return {
    ...(installed.length === 0 ? {} : { installedNonLeafUpdateIds: installed.map(({ revisionId }) => revisionId) }),
    ...(drivers.length === 0 ? {} : { cachedDriverIds: drivers.map(({ revisionId }) => revisionId) }),
    skipSoftwareSync: true,
    needTwoGroupOutOfScopeUpdates: true,
    featureScoreMatchingKey: `${machine.architecture}.${machine.osMajor}.${machine.osMinor}`,
  };
}

function isDriver({ core }: CachedUpdate): boolean {
  return core.properties.UpdateType === 'Driver';
}

function isInstalledNonLeaf(update: CachedUpdate, evaluation: Evaluation): boolean {
  return !update.isLeaf && evaluation.stateOf(update) === 'installed';
}
