import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import { WU_E_PT_ENDPOINT_UNREACHABLE } from './hresults.ts';

interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer is cut off and failed. */
  readonly maxBytes: number;
}

export type HttpAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      readonly body: Uint8Array;
    }
  | HttpFailure;

interface HttpFailure {
  readonly ok: false;
  readonly hresult: number;
  readonly message: string;
}

/** Connections that a process's virtual servers share. */
export interface HttpClient {
  send(url: string, request: HttpRequest): Promise<HttpAnswer>;
  /** Ends idle connections. */
  close(): void;
}

export interface HttpClientOptions {
  /** PEM of the authority that issued the listener's certificate. */
  readonly ca?: string;
  /** Milliseconds without any byte after which a request fails; default 60 s. */
  readonly timeout?: number;
  /** Connections to one address at the same time; default 64. */
  readonly maxSockets?: number;
}

/** Opens a client with keep-alive for http: and https: addresses. No redirect is followed, as agents expect none. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { ca, timeout = 60_000, maxSockets = 64 } = options;
  const plain = new PlainAgent({ keepAlive: true, maxSockets });
  const tls = new TlsAgent({ keepAlive: true, maxSockets, ...(ca === undefined ? {} : { ca }) });

  async function send(url: string, request: HttpRequest): Promise<HttpAnswer> {
    const target = URL.parse(url);
    if (target === null || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
      return unreachable(`not an http address: ${url}`);
    }
    const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
    const { method, body, headers } = request;
    const settings = {
      method,
      timeout,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body ?? '')) },
    };
    const onAnswer = (answer: IncomingMessage) => readBody(answer, request.maxBytes).then(resolve);
    const sent =
      target.protocol === 'https:'
        ? secureRequest(target, { ...settings, agent: tls }, onAnswer)
        : plainRequest(target, { ...settings, agent: plain }, onAnswer);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout} ms`)));
    sent.on('error', (error) => resolve(unreachable(error.message)));
    sent.end(body);
    return promise;
  }

  function close(): void {
    plain.destroy();
    tls.destroy();
  }

  return { send, close };
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) return unreachable(`answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    return unreachable(error instanceof Error ? error.message : String(error));
  }
  return { ok: true, status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) };
}

function unreachable(message: string): HttpFailure {
  return { ok: false, hresult: WU_E_PT_ENDPOINT_UNREACHABLE, message };
}
