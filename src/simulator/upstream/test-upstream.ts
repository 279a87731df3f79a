import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WSUSSS_OPERATIONS } from '#protocol/wsusss/operations.ts';
import { readWsusssRequest } from '#protocol/wsusss/read-request.ts';
import type { WsusssFaultCode, WsusssOperation, WsusssRequest, WsusssResponse } from '#protocol/wsusss/types.ts';
import { writeWsusssFault, writeWsusssResponse } from '#protocol/wsusss/write-response.ts';
import { compress } from '#protocol/xpress/xpress.ts';
import { type ServedCatalogue, servedCatalogue } from './catalogue.ts';
import { type Cookies, cookies } from './cookies.ts';
import { updateDataAnswer } from './update-data.ts';

/** How a test upstream behaves; all of it may be changed while it serves. */
export interface UpstreamHabits {
  /** Identities in one GetUpdateData. */
  maxUpdates: number;
  /** Characters of documents after which an answer leaves the rest out, as Windows does near two million. */
  maxAnswer: number;
  /** Documents that are longer go in a cabinet, those of Windows with more than 5,120 bytes; undefined: all are plain. */
  cabinetAbove: number | undefined;
  /** Answers are encoded as `xpress` where the client accepts that. */
  xpress: boolean;
  /** Milliseconds before each answer. */
  delay: number;
  /** Minutes that a cookie is good for. */
  cookieMinutes: number;
}

/** An upstream server on a real socket that speaks [MS-WSUSSS] from a list of documents. */
export interface TestUpstream {
  readonly url: string;
  readonly catalogue: ServedCatalogue;
  readonly habits: UpstreamHabits;
  readonly cookies: Cookies;
  /** Every request that was read, in order. */
  readonly requests: readonly WsusssRequest[];
  /** Answered instead of the next calls of an operation, one a call; `drop` cuts the connection, a number is an HTTP status. */
  readonly faults: Map<WsusssOperation, (WsusssFaultCode | 'drop' | number)[]>;
  /** Replaces the answer to a request; undefined: the usual one. */
  override: ((request: WsusssRequest) => WsusssResponse | undefined) | undefined;
  close(): Promise<void>;
}

export interface TestUpstreamOptions {
  readonly port?: number;
  /** PEM; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Requests are not kept: there are many. */
  readonly forgetful?: boolean;
}

const USUAL: UpstreamHabits = {
  maxUpdates: 100,
  maxAnswer: 2_000_000,
  cabinetAbove: 5_120,
  xpress: true,
  delay: 0,
  cookieMinutes: 240,
};

/** Starts a test upstream on this machine. */
export async function startTestUpstream(options: TestUpstreamOptions = {}): Promise<TestUpstream> {
  const requests: WsusssRequest[] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  const http = options.tls ? createSecureServer(options.tls, onRequest) : createServer(onRequest);
  http.listen(options.port ?? 0, '127.0.0.1');
  await once(http, 'listening');
  const upstream: TestUpstream = {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(http.address() as AddressInfo).port}`,
    catalogue: servedCatalogue(),
    habits: { ...USUAL },
    cookies: cookies(),
    requests,
    faults: new Map(),
    override: undefined,
    async close() {
      if (!http.listening) return;
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const read = readWsusssRequest(body);
    if (!read.ok) return send(response, 400, read.message, false);
    const { request: asked } = read;
    if (!options.forgetful) requests.push(asked);
    if (upstream.habits.delay > 0) await new Promise((resolve) => setTimeout(resolve, upstream.habits.delay));
    const planned = upstream.faults.get(asked.operation)?.shift();
    if (planned === 'drop') return void response.destroy();
    if (typeof planned === 'number') return send(response, planned, 'as planned', false);
    const said = planned ?? upstream.override?.(asked) ?? respond(upstream, asked);
    const squeezed = upstream.habits.xpress && request.headers['accept-encoding'] === 'xpress';
    if (typeof said === 'string') send(response, 500, faultXml(asked.operation, said), squeezed);
    else send(response, 200, writeWsusssResponse(said), squeezed);
  }

  return upstream;
}

function send(response: ServerResponse, status: number, text: string, squeezed: boolean): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': 'text/xml; charset=utf-8',
    ...(squeezed ? { 'Content-Encoding': 'xpress' } : {}),
  });
  response.end(squeezed ? compress(bytes) : bytes);
}

function faultXml(operation: WsusssOperation, errorCode: WsusssFaultCode): string {
  const method = WSUSSS_OPERATIONS[operation].soapAction;
  return writeWsusssFault({ errorCode, message: 'as planned', id: randomUUID(), method });
}

/** The answer of the protocol, or the code of its fault. */
function respond(upstream: TestUpstream, request: WsusssRequest): WsusssResponse | WsusssFaultCode {
  const { catalogue, habits } = upstream;
  if ('cookie' in request && !upstream.cookies.isGood(request.cookie)) return 'InvalidCookie';
  switch (request.operation) {
    case 'GetAuthConfig':
      return {
        operation: 'GetAuthConfig',
        config: {
          lastChange: '2026-01-01T00:00:00Z',
          authInfo: [{ plugInId: 'DssTargeting', serviceUrl: 'DssAuthWebService/DssAuthWebService.asmx' }],
        },
      };
    case 'GetAuthorizationCookie': {
      if (!request.accountName.includes('.') && !/^[0-9a-f-]{36}$/.test(request.accountName))
        return 'InvalidParameters';
      const cookieData = createHash('sha256').update(request.accountGuid).digest('base64');
      return { operation: 'GetAuthorizationCookie', authorizationCookie: { plugInId: 'DssTargeting', cookieData } };
    }
    case 'GetCookie':
      if (!request.protocolVersion.startsWith('1.')) return 'IncompatibleProtocolVersion';
      return { operation: 'GetCookie', cookie: upstream.cookies.issue(habits.cookieMinutes) };
    case 'GetConfigData':
      return { operation: 'GetConfigData', config: configData(habits.maxUpdates) };
    case 'GetRevisionIdList': {
      const list = catalogue.list(request.filter);
      return list ? { operation: 'GetRevisionIdList', ...list } : 'InvalidParameters';
    }
    case 'GetUpdateData':
      if (request.updateIds.length > habits.maxUpdates) return 'InvalidParameters';
      return updateDataAnswer(catalogue, habits, request.updateIds);
  }
}

function configData(maxNumberOfUpdatesPerRequest: number) {
  return {
    catalogOnlySync: true,
    lazySync: true,
    serverHostsPsfFiles: false,
    maxNumberOfUpdatesPerRequest,
    maxNumberOfDriverSetsPerRequest: 0,
    maxNumberOfComputerIdsInRequest: 0,
    maxNumberOfPnpHardwareIdsInRequest: 0,
    newConfigAnchor: '1,2026-01-01 00:00:00.000',
    protocolVersion: '1.20',
    languages: [
      { id: 0, shortName: 'all', longName: 'all', enabled: false },
      { id: 1033, shortName: 'en', longName: 'English', enabled: true },
      { id: 1031, shortName: 'de', longName: 'German', enabled: true },
    ],
    maxUpdatesPerRequestInGetUpdateDecryptionData: 100,
  };
}
