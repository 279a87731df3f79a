import { setTimeout as after } from 'node:timers/promises';
import { CodedError } from '#contract/errors.ts';
import { WSUSSS_OPERATIONS } from '#protocol/wsusss/operations.ts';
import { readWsusssResponse } from '#protocol/wsusss/read-response.ts';
import type { WsusssFault, WsusssOperation, WsusssRequest, WsusssResponseTo } from '#protocol/wsusss/types.ts';
import { writeWsusssRequest } from '#protocol/wsusss/write-request.ts';
import type { Transport } from './transport.ts';

/** A request to one operation. */
export type RequestTo<O extends WsusssOperation> = Extract<WsusssRequest, { readonly operation: O }>;

/** A refusal of the protocol, for whoever knows what follows from its code; else it ends the pull as `upstream.refused`. */
export class UpstreamFault extends CodedError {
  readonly fault: WsusssFault;

  constructor(operation: WsusssOperation, fault: WsusssFault) {
    const { errorCode, message, id } = fault;
    super(
      'upstream.refused',
      `${operation}: ${errorCode}${message ? `: ${message.slice(0, 500)}` : ''}${id ? ` (id ${id})` : ''}`,
    );
    this.fault = fault;
  }
}

/** How long a pull goes on asking a server that does not answer, or is busy. */
export interface Patience {
  /** How often a request is sent at the most. */
  readonly attempts: number;
  /** Before the second one; doubled each time. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const USUAL_PATIENCE: Patience = { attempts: 6, firstWaitMs: 2_000, longestWaitMs: 60_000 };

export interface Caller {
  readonly transport: Transport;
  /** The upstream's root; a path in it is kept. */
  readonly root: URL;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Hears of each answer, and of each wait before another attempt. */
  readonly onAnswer: (wireBytes: number) => void;
  readonly onWait: (why: string, waitMs: number) => void;
}

/**
 * Calls an operation; again, after waits that grow, where the server is busy, cannot be reached or broke off: every operation here only
 * reads. Throws `UpstreamFault` and the coded errors of the transport.
 */
export async function call<O extends WsusssOperation>(
  caller: Caller,
  request: RequestTo<O>,
  place?: string,
): Promise<WsusssResponseTo<O>> {
  const { attempts, firstWaitMs, longestWaitMs } = caller.patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(caller, request, place);
    } catch (error) {
      if (attempt >= attempts || !isPassing(error)) throw error;
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
      caller.onWait((error as Error).message, waitMs);
      await after(waitMs, undefined, { signal: caller.signal });
    }
  }
}

async function callOnce<O extends WsusssOperation>(
  { transport, root, signal, onAnswer }: Caller,
  request: RequestTo<O>,
  place?: string,
): Promise<WsusssResponseTo<O>> {
  const operation = request.operation as O;
  const { path, soapAction } = WSUSSS_OPERATIONS[operation];
  const url = serviceUrl(root, place ?? path);
  const answer = await transport.post(url, soapAction, writeWsusssRequest(request), signal);
  onAnswer(answer.wireBytes);
  if (BUSY.has(answer.status)) throw new CodedError('upstream.unreachable', `${operation}: HTTP ${answer.status}`);
  const read = readWsusssResponse(operation, answer.body);
  if (read.ok) return read.response;
  if (read.fault) throw new UpstreamFault(operation, read.fault);
  const status = answer.status === 200 ? '' : `HTTP ${answer.status}, `;
  throw new CodedError('upstream.unexpected', `${operation} at ${url.href}: ${status}${read.message}`);
}

/** A service below the upstream's root; a server that sends us to another one is not followed. */
function serviceUrl(root: URL, place: string): URL {
  const base = root.href.endsWith('/') ? root.href : `${root.href}/`;
  const url = URL.parse(place.replace(/^\/+/, ''), base);
  if (url?.origin === root.origin) return url;
  throw new CodedError(
    'upstream.unexpected',
    `the upstream names a service at another address: ${place.slice(0, 200)}`,
  );
}

/** Too many requests, and what proxies and IIS say of a server that is starting. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function isPassing(error: unknown): boolean {
  if (error instanceof UpstreamFault) return error.fault.errorCode === 'ServerBusy';
  return error instanceof CodedError && error.code === 'upstream.unreachable';
}
