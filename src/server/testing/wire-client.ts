import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { type ReadResponse, readResponse } from '#protocol/wusp/read-response.ts';
import type { ChangedUpdate, FaultCode, NewUpdate, ResponseTo } from '#protocol/wusp/responses.ts';
import type {
  ComputerInfo,
  Cookie,
  ReportingEvent,
  SyncUpdateParameters,
  WuspOperation,
  WuspRequest,
} from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly ca?: string;
}

/** One request on a connection of its own; the path goes out as it is, dots and all. */
export async function send(origin: string, path: string, asked: WireRequest = {}): Promise<WireAnswer> {
  const { method = 'GET', headers = {}, body, ca } = asked;
  const { protocol, hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
  const options = { hostname, port, path, method, headers, agent: false, ...(ca === undefined ? {} : { ca }) };
  const request = (protocol === 'https:' ? secureRequest : plainRequest)(options, (answer) => {
    const { statusCode: status = 0, headers: answered } = answer;
    buffer(answer).then((whole) => resolve({ status, headers: answered, body: whole }), reject);
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** Posts the bytes of a SOAP request. `base` is the origin, with the path of a token if wanted. */
export function post(
  base: string,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  ca?: string,
): Promise<WireAnswer> {
  const { origin, pathname } = new URL(base);
  const all = { 'content-type': 'text/xml; charset=utf-8', ...headers };
  return send(origin, `${pathname === '/' ? '' : pathname}${path}`, {
    method: 'POST',
    headers: all,
    body,
    ...(ca === undefined ? {} : { ca }),
  });
}

export type RequestTo<O extends WuspOperation> = Extract<WuspRequest, { readonly operation: O }>;

/** Asks and reads the answer, or the fault. */
export async function ask<O extends WuspOperation>(base: string, request: RequestTo<O>): Promise<ReadResponse<O>> {
  const operation = request.operation as O;
  return readResponse(operation, (await post(base, OPERATIONS[operation].path, writeRequest(request))).body);
}

/** Asks what must be answered. */
export async function answerTo<O extends WuspOperation>(
  base: string,
  request: RequestTo<O>,
): Promise<ResponseTo<O, string>> {
  const answer = await ask<O>(base, request);
  if (!answer.ok) throw new Error(`${request.operation}: ${answer.message}`);
  return answer.response;
}

/** Asks what must be refused; the fault's code and message. */
export async function faultTo<O extends WuspOperation>(
  base: string,
  request: RequestTo<O>,
): Promise<readonly [FaultCode, string | undefined]> {
  const answer = await ask<O>(base, request);
  if (answer.ok) throw new Error(`${request.operation} was answered`);
  if (!answer.fault) throw new Error(`${request.operation} got no fault: ${answer.message}`);
  return [answer.fault.errorCode, answer.fault.message];
}

export interface Identity {
  readonly clientId: string;
  readonly dnsName: string;
  readonly targetGroupName?: string;
}

/** What a registered client holds. */
export interface Session {
  /** The service as this client has it in its policy. */
  readonly base: string;
  readonly clientId: string;
  readonly cookie: Cookie;
}

export function identity(number: number): Identity {
  return {
    clientId: `a1a1a1a1-0000-4000-8000-${String(number).padStart(12, '0')}`,
    dnsName: `srv${number}.example.com`,
  };
}

/** GetConfig, SimpleAuth, GetCookie: a session that is not registered yet. */
export async function authorize(base: string, who: Identity, at: Temporal.Instant): Promise<Session> {
  const { config } = await answerTo<'GetConfig'>(base, { operation: 'GetConfig', protocolVersion: '2.50' });
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(base, {
    operation: 'GetAuthorizationCookie',
    ...who,
  });
  const { cookie } = await answerTo<'GetCookie'>(base, {
    operation: 'GetCookie',
    authorizationCookie,
    oldCookie: { expiration: at },
    lastChange: config.lastChange,
    currentTime: at,
    protocolVersion: '2.50',
  });
  return { base, clientId: who.clientId, cookie };
}

/** The whole way to a registered Windows Server 2019. */
export async function enrol(base: string, who: Identity, at: Temporal.Instant): Promise<Session> {
  const session = await authorize(base, who, at);
  await answerTo<'RegisterComputer'>(base, {
    operation: 'RegisterComputer',
    cookie: session.cookie,
    computerInfo: server2019(who.dnsName),
  });
  return session;
}

export function server2019(dnsName: string): ComputerInfo {
  return {
    dnsName,
    osMajorVersion: 10,
    osMinorVersion: 0,
    osBuildNumber: 17763,
    osServicePackMajorNumber: 0,
    osServicePackMinorNumber: 0,
    suiteMask: 272,
    oldProductType: 3,
    newProductType: 7,
    systemMetrics: 0,
    clientVersionMajorNumber: 10,
    clientVersionMinorNumber: 0,
    clientVersionBuildNumber: 17763,
    clientVersionQfeNumber: 2931,
  };
}

/** What a client remembers between its calls of SyncUpdates. */
export interface Cache {
  readonly updates: ReadonlyMap<number, NewUpdate<string>>;
  readonly cookie: Cookie;
}

export interface Scan extends Cache {
  readonly newIds: readonly number[];
  readonly changed: readonly ChangedUpdate[];
  readonly outOfScope: readonly number[];
  /** Calls of SyncUpdates that it took. */
  readonly calls: number;
}

/** A machine to which everything that others require is installed: it is sent all that its deployment set holds. */
export async function scan(session: Session, before?: Cache, filter: readonly string[] = []): Promise<Scan> {
  const updates = new Map(before?.updates);
  let cookie = before?.cookie ?? session.cookie;
  const newIds: number[] = [];
  const changed: ChangedUpdate[] = [];
  const outOfScope: number[] = [];
  for (let calls = 1; calls <= 50; calls++) {
    const parameters = syncParameters([...updates.values()], filter);
    const request = { operation: 'SyncUpdates', cookie, parameters } as const;
    const { syncInfo } = await answerTo<'SyncUpdates'>(session.base, request);
    cookie = syncInfo.newCookie;
    for (const update of syncInfo.newUpdates) updates.set(update.id, update);
    for (const change of syncInfo.changedUpdates) {
      const known = updates.get(change.id);
      if (!known) throw new Error(`${change.id} changed but is not known`);
      updates.set(change.id, { ...known, ...change });
    }
    for (const id of syncInfo.outOfScopeRevisionIds) updates.delete(id);
    newIds.push(...syncInfo.newUpdates.map(({ id }) => id));
    changed.push(...syncInfo.changedUpdates);
    outOfScope.push(...syncInfo.outOfScopeRevisionIds);
    const again = syncInfo.truncated || syncInfo.newUpdates.some(({ isLeaf }) => !isLeaf);
    if (!again) return { updates, cookie, newIds, changed, outOfScope, calls };
  }
  throw new Error('the scan did not end');
}

function syncParameters(cached: readonly NewUpdate<string>[], filter: readonly string[]): SyncUpdateParameters {
  const idsOf = (updates: readonly NewUpdate<string>[]): number[] => updates.map(({ id }) => id);
  return {
    expressQuery: false,
    skipSoftwareSync: false,
    ...(cached.length === 0
      ? {}
      : {
          installedNonLeafUpdateIds: idsOf(cached.filter(({ isLeaf }) => !isLeaf)),
          otherCachedUpdateIds: idsOf(cached.filter(({ isLeaf }) => isLeaf)),
        }),
    ...(filter.length === 0 ? {} : { filterCategoryIds: filter, needTwoGroupOutOfScopeUpdates: true }),
  };
}

/** The identity that stands in a core fragment. */
export function updateIdOf({ xml }: Pick<NewUpdate<string>, 'xml'>): string {
  return /UpdateID="([^"]+)"/.exec(xml)?.[1]?.toLowerCase() ?? '';
}

/** An event of the agent; with an update it is about that. */
export function event(
  session: Pick<Session, 'clientId'>,
  number: number,
  eventId: number,
  at: Temporal.Instant,
  more: { readonly updateId?: string; readonly miscData?: readonly string[]; readonly hresult?: number } = {},
): ReportingEvent {
  const { updateId, miscData, hresult = 0 } = more;
  return {
    basicData: {
      sid: session.clientId,
      sequenceNumber: 0,
      timeAtTarget: at,
      eventInstanceId: `eeeeeeee-0000-4000-8000-${String(number).padStart(12, '0')}`,
      namespaceId: 1,
      eventId,
      sourceId: 101,
      win32HResult: hresult,
      ...(updateId === undefined ? {} : { update: { updateId, revisionNumber: 1 } }),
    },
    ...(miscData === undefined ? {} : { extendedData: { miscData } }),
  };
}
