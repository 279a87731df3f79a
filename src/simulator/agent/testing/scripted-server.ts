import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TaskReport, type TaskSettings } from '#contract/settings-task.ts';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readRequest } from '#protocol/wusp/read-request.ts';
import type { FaultCode, NewUpdate, WireDeployment, WuspRequest, WuspResponse } from '#protocol/wusp/types.ts';
import { faultOf, writeFault, writeResponse } from '#protocol/wusp/write-response.ts';
import { compress } from '#protocol/xpress/xpress.ts';

/** One revision that the scripted server knows. */
export interface ScriptedUpdate {
  revisionId: number;
  readonly updateId: string;
  readonly isLeaf: boolean;
  readonly core: string;
  readonly extended?: string;
  readonly title?: string;
  readonly file?: Uint8Array;
  readonly needs: readonly string[];
  action: WireDeployment['action'];
  deadline?: Temporal.Instant;
}

/** A small update service on a real socket; everything about it can be changed while a test runs. */
export interface ScriptedServer {
  readonly url: string;
  readonly updates: ScriptedUpdate[];
  /** Every request that was read, in order. */
  readonly requests: WuspRequest[];
  readonly headers: IncomingMessage['headers'][];
  /** `Range` headers of content requests. */
  readonly ranges: string[];
  /** Answered instead of the next calls of an operation, one a call. */
  readonly faults: Map<WuspRequest['operation'], FaultCode[]>;
  /** Answers an operation otherwise. */
  readonly overrides: Map<WuspRequest['operation'], (request: WuspRequest) => WuspResponse | undefined>;
  /** Rewrites the body of an operation's answers. */
  readonly edits: Map<WuspRequest['operation'], (xml: string) => string>;
  pageSize: number;
  driverSyncNotNeeded: boolean;
  cookieHours: number;
  now: () => Temporal.Instant;
  /** Content is served only while this says so. */
  serveRange: (start: number) => boolean;
  corrupt: boolean;
  /** What settings tasks get; undefined: 404, as for a server that is not known yet. */
  settings: TaskSettings | undefined;
  /** Addresses of settings tasks' requests, in order. */
  readonly taskPaths: string[];
  readonly reports: TaskReport[];
  close(): Promise<void>;
}

const LAST_CHANGE = '2023-10-01T00:00:00.123Z';

export async function startScriptedServer(): Promise<ScriptedServer> {
  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    updates: [],
    requests: [],
    headers: [],
    ranges: [],
    faults: new Map(),
    overrides: new Map(),
    edits: new Map(),
    pageSize: 30,
    driverSyncNotNeeded: true,
    cookieHours: 1,
    now: () => Temporal.Instant.from('2023-10-11T00:00:00Z'),
    serveRange: () => true,
    corrupt: false,
    settings: undefined,
    taskPaths: [],
    reports: [],
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    if (/\/(Settings|Reports)\//.test(request.url ?? '')) return serveTask(server, request, body, response);
    if (request.method === 'GET') return serveContent(server, request, response);
    const read = readRequest(body);
    if (!read.ok) {
      response.writeHead(400).end(read.message);
      return;
    }
    server.requests.push(read.request);
    server.headers.push(request.headers);
    const { operation } = read.request;
    const fault = server.faults.get(operation)?.shift();
    const xml =
      fault === undefined
        ? writeResponse(server.overrides.get(operation)?.(read.request) ?? respond(server, read.request)).join('')
        : writeFault(faultOf(operation, fault, 'f0f0f0f0-0000-0000-0000-000000000000'), OPERATIONS[operation]);
    const bytes = Buffer.from(server.edits.get(operation)?.(xml) ?? xml);
    const squeezed = request.headers['accept-encoding'] === 'xpress';
    response.writeHead(fault === undefined ? 200 : 500, {
      'Content-Type': 'text/xml; charset=utf-8',
      ...(squeezed ? { 'Content-Encoding': 'xpress' } : {}),
    });
    response.end(squeezed ? compress(bytes) : bytes);
  }

  return server;
}

function respond(server: ScriptedServer, request: WuspRequest): WuspResponse {
  const cookie = {
    expiration: server.now().add({ minutes: server.cookieHours * 60 }),
    encryptedData: Buffer.from(`cookie ${server.requests.length}`).toString('base64'),
  };
  switch (request.operation) {
    case 'GetConfig':
      return {
        operation: 'GetConfig',
        config: {
          lastChange: LAST_CHANGE,
          isRegistrationRequired: true,
          authInfo: [
            { plugInId: 'SimpleTargeting', serviceUrl: 'SimpleAuthWebService/SimpleAuth.asmx', parameter: '' },
          ],
          allowedEventIds: [],
          properties: [{ name: 'MaxExtendedUpdatesPerRequest', value: '2' }],
        },
      };
    case 'GetAuthorizationCookie':
      return {
        operation: 'GetAuthorizationCookie',
        authorizationCookie: { plugInId: 'SimpleTargeting', cookieData: 'AAAA' },
      };
    case 'GetCookie':
      return { operation: 'GetCookie', cookie };
    case 'RegisterComputer':
      return { operation: 'RegisterComputer' };
    case 'SyncUpdates':
      return sync(server, request.parameters, cookie);
    case 'RefreshCache':
      return {
        operation: 'RefreshCache',
        results: server.updates
          .filter(({ updateId }) => request.globalIds.some((id) => id.updateId === updateId))
          .map((update) => ({
            revisionId: update.revisionId,
            globalId: { updateId: update.updateId, revisionNumber: 1 },
            isLeaf: update.isLeaf,
            deployment: deploymentOf(update),
          })),
      };
    case 'GetExtendedUpdateInfo':
      return extendedInfo(server, request.revisionIds);
    case 'ReportEventBatch':
      return { operation: 'ReportEventBatch', accepted: true };
    default:
      throw new Error(`not scripted: ${request.operation}`);
  }
}

function sync(
  server: ScriptedServer,
  parameters: Extract<WuspRequest, { operation: 'SyncUpdates' }>['parameters'],
  newCookie: { readonly expiration: Temporal.Instant; readonly encryptedData: string },
): WuspResponse {
  const installed = new Set(parameters.installedNonLeafUpdateIds);
  const { skipSoftwareSync, cachedDriverIds = [], otherCachedUpdateIds = [] } = parameters;
  const cached = new Set(skipSoftwareSync ? cachedDriverIds : [...installed, ...otherCachedUpdateIds]);
  const there = new Set(server.updates.filter(({ revisionId }) => installed.has(revisionId)).map((u) => u.updateId));
  const needed = server.updates.filter(
    ({ needs, core }) =>
      core.includes('UpdateType="Driver"') === skipSoftwareSync && needs.every((updateId) => there.has(updateId)),
  );
  const fresh = needed.filter(({ revisionId }) => !cached.has(revisionId));
  const neededIds = new Set(needed.map(({ revisionId }) => revisionId));
  return {
    operation: 'SyncUpdates',
    syncInfo: {
      newUpdates: fresh.slice(0, server.pageSize).map(newUpdate),
      outOfScopeRevisionIds: [...cached].filter((id) => !neededIds.has(id)),
      changedUpdates: needed
        .filter(({ revisionId }) => cached.has(revisionId))
        .map((update) => ({ id: update.revisionId, isLeaf: update.isLeaf, deployment: deploymentOf(update) })),
      truncated: fresh.length > server.pageSize,
      newCookie,
      deployedOutOfScopeRevisionIds: [],
      driverSyncNotNeeded: server.driverSyncNotNeeded,
    },
  };
}

function newUpdate(update: ScriptedUpdate): NewUpdate<string> {
  return {
    id: update.revisionId,
    deployment: deploymentOf(update),
    isLeaf: update.isLeaf,
    xml: update.core,
  };
}

function deploymentOf({ revisionId, action, deadline }: ScriptedUpdate): WireDeployment {
  return {
    id: revisionId,
    action,
    ...(deadline === undefined ? {} : { deadline }),
    isAssigned: true,
    lastChangeTime: '2023-10-10',
  };
}

function extendedInfo(server: ScriptedServer, revisionIds: readonly number[]): WuspResponse {
  const updates = server.updates.filter(({ revisionId }) => revisionIds.includes(revisionId));
  return {
    operation: 'GetExtendedUpdateInfo',
    extendedUpdateInfo: {
      updates: [
        ...updates.map(({ revisionId, extended = '<ExtendedProperties />' }) => ({
          id: revisionId,
          xml: extended,
        })),
        ...updates.map(({ revisionId, title = '' }) => ({
          id: revisionId,
          xml: `<LocalizedProperties><Language>en</Language><Title>${title}</Title></LocalizedProperties>`,
        })),
      ],
      fileLocations: updates.flatMap(({ file }) =>
        file === undefined ? [] : [{ sha1: sha1(file), url: `${server.url}/Content/${sha1(file)}.cab` }],
      ),
      outOfScopeRevisionIds: [],
    },
  };
}

function serveTask(server: ScriptedServer, request: IncomingMessage, body: Uint8Array, response: ServerResponse): void {
  server.taskPaths.push(`${request.method} ${request.url}`);
  const text = JSON.stringify(server.settings) ?? '';
  const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
  if (server.settings === undefined) response.writeHead(404).end();
  else if (request.method === 'POST') {
    server.reports.push(TaskReport.parse(JSON.parse(Buffer.from(body).toString())));
    response.writeHead(204).end();
  } else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else response.writeHead(200, { ETag: etag }).end(text);
}

function serveContent(server: ScriptedServer, request: IncomingMessage, response: ServerResponse): void {
  const file = server.updates.find(
    (update) => update.file !== undefined && request.url?.includes(sha1(update.file)),
  )?.file;
  const range = request.headers.range ?? '';
  server.ranges.push(range);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const [start, end] = [Number(from), Number(to)];
  if (file === undefined || !server.serveRange(start)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${file.length}` });
  response.end(server.corrupt ? Buffer.alloc(end - start + 1) : file.subarray(start, end + 1));
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}
