import type { FaultCode, WuspOperation } from '#protocol/wusp/types.ts';
import type { AgentContext } from './agent-context.ts';
import { clientVersion } from './client-version.ts';
import { computerInfo } from './computer-info.ts';
import type { CachedConfig, CachedCookie, CachedUpdate, DataStore } from './data-store.ts';
import { identityKey } from './evaluation.ts';
import { WU_E_PT_INVALID_CONFIG_PROP } from './hresults.ts';
import { ownTime } from './own-clock.ts';
import { ownCookie, ownText } from './own-text.ts';
import { type CallFailure, type CallResult, callService, type RequestTo, serviceUrl } from './service-call.ts';
import { NO_UPDATES } from './update-cache.ts';

/** How often one call is repeated after a fault that has a remedy. */
const MAX_ATTEMPTS = 5;

/**
 * Calls an operation that needs a cookie: gets configuration, cookie and registration first where they are missing, and recovers
 * from faults as [MS-WUSP] demands. The request is built anew for each attempt, since a recovery may change the revision ids.
 */
export async function converse<O extends WuspOperation>(
  agent: AgentContext,
  at: Temporal.Instant,
  serverUrl: string,
  build: (cookie: CachedCookie) => RequestTo<O>,
): Promise<CallResult<O>> {
  let failure: CallFailure | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const connected = await connect(agent, ownTime(agent, at));
    if (connected.ok) {
      const request = build(connected.cookie);
      const result = await callService<O>(agent, serviceUrl(serverUrl, request.operation), request);
      if (result.ok) return result;
      failure = result;
    } else {
      failure = connected;
    }
    if (failure.fault === undefined || !recover(agent.store, failure.fault.errorCode)) return failure;
  }
  return failure as CallFailure;
}

/** Forgets what a fault made worthless, so that the next attempt gets it anew; false where only a later scan can help. */
function recover(store: DataStore, code: FaultCode): boolean {
  switch (code) {
    case 'InvalidCookie':
    case 'ServerChanged':
      store.config = undefined;
      store.cookie = undefined;
      store.refreshNeeded = store.updates.size > 0;
      return true;
    case 'ConfigChanged':
      store.config = undefined;
      store.cookie = undefined;
      return true;
    case 'CookieExpired':
    case 'InvalidAuthorizationCookie':
      store.cookie = undefined;
      return true;
    case 'RegistrationRequired':
      store.registered = false;
      if (store.config !== undefined) store.config = { ...store.config, registrationRequired: true };
      return true;
    case 'RegistrationNotRequired':
      store.registered = true;
      return true;
    case 'FileLocationChanged':
      store.locations.clear();
      return true;
    default:
      return false;
  }
}

type Connected = { readonly ok: true; readonly cookie: CachedCookie } | CallFailure;

/** `at`: what the server's own clock shows. */
async function connect(agent: AgentContext, at: Temporal.Instant): Promise<Connected> {
  const { store } = agent;
  if (store.config === undefined) {
    const failure = await getConfig(agent);
    if (failure !== undefined) return failure;
  }
  if (store.cookie === undefined || Temporal.Instant.compare(store.cookie.expiration, at) <= 0) {
    const failure = await getCookie(agent, at);
    if (failure !== undefined) return failure;
  }
  if (store.config?.registrationRequired === true && !store.registered) {
    const failure = await register(agent);
    if (failure !== undefined) return failure;
  }
  if (store.refreshNeeded) {
    const failure = await refreshCache(agent);
    if (failure !== undefined) return failure;
  }
  if (store.cookie === undefined) throw new Error('no cookie after a successful GetCookie');
  return { ok: true, cookie: store.cookie };
}

async function getConfig(agent: AgentContext): Promise<CallFailure | undefined> {
  const protocolVersion = clientVersion(agent.machine.osBuild).protocol;
  const url = serviceUrl(agent.policy.wuServer, 'GetConfig');
  const result = await callService<'GetConfig'>(agent, url, { operation: 'GetConfig', protocolVersion });
  if (!result.ok) return result;
  const { config } = result.response;
  const property = config.properties.find(({ name }) => name === 'MaxExtendedUpdatesPerRequest');
  const maxExtendedUpdates = Number(property?.value ?? 50);
  if (!Number.isInteger(maxExtendedUpdates) || maxExtendedUpdates < 1) {
    return { ok: false, hresult: WU_E_PT_INVALID_CONFIG_PROP, message: 'GetConfig: MaxExtendedUpdatesPerRequest' };
  }
  agent.store.config = {
    lastChange: ownText(config.lastChange),
    registrationRequired: config.isRegistrationRequired,
    authServiceUrl: ownText(config.authInfo[0]?.serviceUrl ?? ''),
    maxExtendedUpdates,
  };
  return undefined;
}

async function getCookie(agent: AgentContext, at: Temporal.Instant): Promise<CallFailure | undefined> {
  const { identity, policy, store, machine } = agent;
  const place = knownConfig(store).authServiceUrl || undefined;
  const url = serviceUrl(policy.wuServer, 'GetAuthorizationCookie', place);
  const authorized = await callService<'GetAuthorizationCookie'>(agent, url, {
    operation: 'GetAuthorizationCookie',
    clientId: identity.clientId,
    ...(policy.targetGroup === undefined ? {} : { targetGroupName: policy.targetGroup }),
    dnsName: identity.dnsName,
  });
  if (!authorized.ok) return authorized;
  const result = await callService<'GetCookie'>(agent, serviceUrl(policy.wuServer, 'GetCookie'), {
    operation: 'GetCookie',
    authorizationCookie: authorized.response.authorizationCookie,
    oldCookie: store.cookie ?? { expiration: at },
    lastChange: knownConfig(store).lastChange,
    currentTime: at,
    protocolVersion: clientVersion(machine.osBuild).protocol,
  });
  if (!result.ok) return result;
  store.cookie = ownCookie(result.response.cookie);
  return undefined;
}

async function register(agent: AgentContext): Promise<CallFailure | undefined> {
  const cookie = knownCookie(agent.store);
  const url = serviceUrl(agent.policy.wuServer, 'RegisterComputer');
  const request = { operation: 'RegisterComputer', cookie, computerInfo: computerInfo(agent) } as const;
  const result = await callService<'RegisterComputer'>(agent, url, request);
  if (!result.ok) return result;
  agent.store.registered = true;
  return undefined;
}

/** Translates the cached revisions to the server's present ids; what the server does not name is forgotten. */
async function refreshCache(agent: AgentContext): Promise<CallFailure | undefined> {
  const { store, policy, fragments } = agent;
  const byIdentity = new Map<string, CachedUpdate>();
  for (const update of store.updates.values()) byIdentity.set(identityKey(update.core.identity), update);
  const result = await callService<'RefreshCache'>(agent, serviceUrl(policy.wuServer, 'RefreshCache'), {
    operation: 'RefreshCache',
    cookie: knownCookie(store),
    globalIds: [...byIdentity.values()].map(({ core }) => core.identity),
  });
  if (!result.ok) return result;
  const details = new Map(store.details);
  const put: CachedUpdate[] = [];
  store.details.clear();
  for (const { revisionId, globalId, isLeaf, deployment } of result.response.results) {
    const update = byIdentity.get(identityKey(globalId));
    if (update === undefined) continue;
    put.push({ ...update, revisionId, isLeaf, deployment });
    const known = details.get(update.revisionId);
    if (known !== undefined) store.details.set(revisionId, known);
  }
  store.updates = fragments.updates.changed(NO_UPDATES, { put });
  store.refreshNeeded = false;
  return undefined;
}

function knownConfig(store: DataStore): CachedConfig {
  if (store.config === undefined) throw new Error('no configuration before GetCookie');
  return store.config;
}

function knownCookie(store: DataStore): CachedCookie {
  if (store.cookie === undefined) throw new Error('no cookie before its use');
  return store.cookie;
}
