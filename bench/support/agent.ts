import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import type { ComputerInfo } from '#protocol/wusp/requests.ts';
import type { Cookie, ReportingEvent, ResponseTo, WuspOperation, WuspRequest } from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { decompress } from '#protocol/xpress/xpress.ts';
import { categoryDocuments } from '#simulator/sample/categories.ts';
import { detectoidDocuments } from '#simulator/sample/detectoids.ts';
import { type SampleSystem, SYSTEM_NAMES, SYSTEMS } from '#simulator/sample/operating-systems.ts';
import { type Connection, type WireAnswer, wireRequest } from './wire.ts';

/** What an agent knows between its calls. */
export interface Agent {
  readonly clientId: string;
  readonly dnsName: string;
  cookie: Cookie | undefined;
  /** Revision id → whether it is a leaf. */
  readonly cache: Map<number, boolean>;
}

const LARGEST_ANSWER = 256 * 1024 * 1024;

/** A request to one operation as bytes, below an enrolment token. */
export function requestBytes(request: WuspRequest, token: string): Uint8Array[] {
  const { path, soapAction } = OPERATIONS[request.operation];
  return wireRequest(`/${token}${path}`, Buffer.from(writeRequest(request)), { SOAPAction: `"${soapAction}"` });
}

/** The value in an answer. Throws for a fault. */
export function answerOf<O extends WuspOperation>(operation: O, { head, body }: WireAnswer): ResponseTo<O, string> {
  const plain = /\r\ncontent-encoding: *xpress/i.test(head) ? decompress(body, LARGEST_ANSWER) : undefined;
  const read = readResponse(operation, plain?.ok ? plain.bytes : body);
  if (!read.ok) throw new Error(`${operation}: ${read.message}`);
  return read.response;
}

/** Sends a request and reads its answer. */
async function ask<O extends WuspOperation>(
  connection: Connection,
  request: Extract<WuspRequest, { readonly operation: O }>,
  token: string,
): Promise<ResponseTo<O, string>> {
  return answerOf(request.operation as O, await connection.send(requestBytes(request, token)));
}

/** GetConfig, GetAuthorizationCookie, GetCookie, RegisterComputer: an agent that can scan. */
export async function enrol(
  connection: Connection,
  token: string,
  clientId: string,
  system: SampleSystem,
): Promise<Agent> {
  const dnsName = `${clientId.slice(0, 8)}.bench.example`;
  const { config } = await ask<'GetConfig'>(connection, { operation: 'GetConfig', protocolVersion: '2.33' }, token);
  const { authorizationCookie } = await ask<'GetAuthorizationCookie'>(
    connection,
    { operation: 'GetAuthorizationCookie', clientId, dnsName },
    token,
  );
  const currentTime = Temporal.Now.instant();
  const { cookie } = await ask<'GetCookie'>(
    connection,
    {
      operation: 'GetCookie',
      authorizationCookie,
      lastChange: config.lastChange,
      currentTime,
      protocolVersion: '2.33',
    },
    token,
  );
  const computerInfo = { ...COMPUTER, dnsName, osBuildNumber: SYSTEMS[system].build };
  await ask<'RegisterComputer'>(connection, { operation: 'RegisterComputer', cookie, computerInfo }, token);
  return { clientId, dnsName, cookie, cache: new Map() };
}

/** What an agent of a system finds installed among the non-leaves: all categories but other systems' products, and its detectoids. */
export async function installedNonLeaves(
  db: Pick<pg.Pool, 'query'>,
  system: SampleSystem,
): Promise<ReadonlySet<number>> {
  const others = SYSTEM_NAMES.filter((name) => name !== system);
  const foreign = new Set(others.flatMap((name) => [SYSTEMS[name].product, ...detectoidsOf(name)]));
  const ids = [...categoryDocuments(), ...detectoidDocuments()].map(({ updateId }) => updateId);
  const { rows } = await db.query<{ id: number }>(
    'select revision_id as id from revision where update_id = any($1::uuid[])',
    [ids.filter((id) => !foreign.has(id))],
  );
  return new Set(rows.map(({ id }) => id));
}

function detectoidsOf(system: SampleSystem): string[] {
  const wanted = `Windows Server ${system}, `;
  return detectoidDocuments()
    .filter(({ texts }) => texts[0]?.title.startsWith(wanted))
    .map(({ updateId }) => updateId);
}

/** The next SyncUpdates of an agent. */
export function syncRequest(
  { cookie, cache }: Agent,
  installed: ReadonlySet<number>,
): Extract<WuspRequest, { operation: 'SyncUpdates' }> {
  const isInstalled = ([id, isLeaf]: readonly [number, boolean]): boolean => !isLeaf && installed.has(id);
  const entries = [...cache];
  const installedNonLeafUpdateIds = entries.filter(isInstalled).map(([id]) => id);
  const otherCachedUpdateIds = entries.filter((entry) => !isInstalled(entry)).map(([id]) => id);
  return {
    operation: 'SyncUpdates',
    cookie: cookie as Cookie,
    parameters: {
      expressQuery: false,
      ...(installedNonLeafUpdateIds.length > 0 ? { installedNonLeafUpdateIds } : {}),
      ...(otherCachedUpdateIds.length > 0 ? { otherCachedUpdateIds } : {}),
      skipSoftwareSync: false,
      needTwoGroupOutOfScopeUpdates: true,
      alsoPerformRegularSync: true,
    },
  };
}

/** One exchange of a scan, as bytes. */
export interface Exchange {
  readonly request: readonly Uint8Array[];
  readonly answer: WireAnswer;
}

/** Scans until nothing is new; gives every exchange to `note`. Returns the number of calls. */
export async function scan(
  connection: Connection,
  token: string,
  agent: Agent,
  installed: ReadonlySet<number>,
  note: (exchange: Exchange) => void = () => {},
): Promise<number> {
  for (let calls = 1; ; calls++) {
    const request = requestBytes(syncRequest(agent, installed), token);
    const answer = await connection.send(request);
    const { syncInfo } = answerOf('SyncUpdates', answer);
    note({ request, answer });
    for (const id of syncInfo.outOfScopeRevisionIds) agent.cache.delete(id);
    for (const { id, isLeaf } of [...syncInfo.newUpdates, ...syncInfo.changedUpdates]) agent.cache.set(id, isLeaf);
    agent.cookie = syncInfo.newCookie;
    if (!syncInfo.truncated && !syncInfo.newUpdates.some(({ isLeaf }) => !isLeaf)) return calls;
  }
}

/** What an agent reports after a scan: that it detected (147), and the state of every update (156). */
export function reportRequest(
  clientId: string,
  cookie: Cookie,
  lists: { readonly needed: readonly string[]; readonly installed: readonly string[] },
  at: Temporal.Instant,
): Extract<WuspRequest, { operation: 'ReportEventBatch' }> {
  const { needed, installed } = lists;
  const count = String(needed.length);
  const tags = [`U=${needed.join(';').toUpperCase()}`, `V=${installed.join(';').toUpperCase()}`];
  const eventBatch = [
    event(clientId, 147, at, { replacementStrings: [count], miscData: [`D=${count}`, ...MACHINE_TAGS] }),
    event(clientId, 156, at, { miscData: [...tags, ...MACHINE_TAGS] }),
  ];
  return { operation: 'ReportEventBatch', cookie, clientTime: at, eventBatch };
}

const MACHINE_TAGS = ['Q=1', 'G=10.0.17763.1', 'K=Virtual Machine', 'L=2022-02-02T00:00:00', 'c=7'];

function event(
  sid: string,
  eventId: number,
  at: Temporal.Instant,
  said: Pick<NonNullable<ReportingEvent['extendedData']>, 'replacementStrings' | 'miscData'>,
): ReportingEvent {
  return {
    basicData: {
      sid,
      sequenceNumber: 0,
      timeAtTarget: at.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }),
      eventInstanceId: randomUUID(),
      namespaceId: 1,
      eventId,
      sourceId: 101,
      win32HResult: 0,
      appName: 'AutomaticUpdatesWuApp',
    },
    extendedData: {
      ...said,
      computerBrand: 'Bench',
      computerModel: 'Virtual Machine',
      biosRevision: '1.0',
      processorArchitecture: 'Amd64Compatible',
      osVersion: { major: 10, minor: 0, build: 17763, revision: 0, servicePackMajor: 0, servicePackMinor: 0 },
      osLocaleId: 1033,
      deviceId: '',
    },
  };
}

const COMPUTER: Omit<ComputerInfo, 'dnsName' | 'osBuildNumber'> = {
  osMajorVersion: 10,
  osMinorVersion: 0,
  osServicePackMajorNumber: 0,
  osServicePackMinorNumber: 0,
  osLocale: 'en-US',
  processorArchitecture: 'AMD64',
  suiteMask: 272,
  oldProductType: 3,
  newProductType: 7,
  systemMetrics: 0,
  clientVersionMajorNumber: 10,
  clientVersionMinorNumber: 0,
  clientVersionBuildNumber: 17763,
  clientVersionQfeNumber: 1,
};
