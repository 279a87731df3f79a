import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import type { ResponseTo, WuspFault, WuspOperation, WuspRequest } from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { decompress } from '#protocol/xpress/xpress.ts';
import type { AgentContext } from './agent-context.ts';
import { clientVersion } from './client-version.ts';
import {
  E_INVALIDARG,
  httpStatusResult,
  WU_E_PT_SOAP_CLIENT,
  WU_E_PT_SOAP_SERVER,
  WU_E_PT_SOAPCLIENT_PARSE,
} from './hresults.ts';
import type { HttpAnswer } from './http-client.ts';

/** A request to one operation. */
export type RequestTo<O extends WuspOperation> = Extract<WuspRequest, { readonly operation: O }>;

export type CallResult<O extends WuspOperation> =
  | { readonly ok: true; readonly response: ResponseTo<O, string> }
  | CallFailure;

export interface CallFailure {
  readonly ok: false;
  /** Present when the service itself refused. */
  readonly fault?: WuspFault;
  readonly hresult: number;
  readonly message: string;
}

/** A page of core fragments reached 51 MB on a real server; uncompressed. */
const MAX_ANSWER = 128 * 1024 * 1024;

/**
 * The address of an operation below a policy's server address, which may have a path. `place` replaces the service's own path:
 * absolute, or relative to the server address.
 */
export function serviceUrl(serverUrl: string, operation: WuspOperation, place?: string): string {
  const base = serverUrl.endsWith('/') ? serverUrl : `${serverUrl}/`;
  const path = (place ?? OPERATIONS[operation].path).replace(/^\//, '');
  return URL.parse(path, base)?.href ?? `${base}${path}`;
}

/** Sends one request as a native agent does and reads the answer; faults and broken answers are values. */
export async function callService<O extends WuspOperation>(
  agent: AgentContext,
  url: string,
  request: RequestTo<O>,
): Promise<CallResult<O>> {
  const answer = await agent.http.send(url, {
    method: 'POST',
    headers: requestHeaders(agent, request.operation),
    body: writeRequest(request),
    maxBytes: MAX_ANSWER,
  });
  if (!answer.ok) return answer;
  const body = plainBody(answer);
  if (body === undefined) return parseFailure(`${request.operation}: bad Content-Encoding`);
  return readAnswer(request.operation as O, answer.status, body);
}

function readAnswer<O extends WuspOperation>(operation: O, status: number, body: Uint8Array): CallResult<O> {
  const read = readResponse(operation, body);
  if (read.ok) return { ok: true, response: read.response };
  if (read.fault === undefined) {
    if (status !== 200) return { ok: false, hresult: httpStatusResult(status), message: `HTTP ${status}` };
    // The native agent does not call it a parse failure when an update comes without its deployment.
    if (/\bDeployment\b/.test(read.message)) return { ok: false, hresult: E_INVALIDARG, message: read.message };
    return parseFailure(`${operation}: ${read.message}`);
  }
  const hresult = read.fault.errorCode === 'InternalServerError' ? WU_E_PT_SOAP_SERVER : WU_E_PT_SOAP_CLIENT;
  return { ok: false, fault: read.fault, hresult, message: `${operation}: ${read.message}` };
}

function requestHeaders({ machine, habits, random }: AgentContext, operation: WuspOperation): Record<string, string> {
  const { agent, protocol } = clientVersion(machine.osBuild);
  return {
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Connection: 'Keep-Alive',
    'Content-Type': 'text/xml; charset=utf-8',
    ...(habits.acceptXpress ? { 'Accept-Encoding': 'xpress' } : {}),
    'User-Agent': `Windows-Update-Agent/${agent.join('.')} Client-Protocol/${protocol}`,
    SOAPAction: `"${OPERATIONS[operation].soapAction}"`,
    'MS-CV': `${random.guid().replaceAll('-', '').slice(0, 16)}.0`,
  };
}

function plainBody(answer: Extract<HttpAnswer, { ok: true }>): Uint8Array | undefined {
  switch (answer.headers['content-encoding'] ?? 'identity') {
    case 'identity':
      return answer.body;
    case 'xpress': {
      const read = decompress(answer.body, MAX_ANSWER);
      return read.ok ? read.bytes : undefined;
    }
    default:
      return undefined;
  }
}

function parseFailure(message: string): CallFailure {
  return { ok: false, hresult: WU_E_PT_SOAPCLIENT_PARSE, message };
}
