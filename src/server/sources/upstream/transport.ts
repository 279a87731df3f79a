import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { request as secureRequest, Agent as TlsAgent } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { CodedError } from '#contract/errors.ts';
import { decompress } from '#protocol/xpress/xpress.ts';

/** An answer of an upstream server, whatever its status. */
export interface TransportAnswer {
  readonly status: number;
  /** Decoded. */
  readonly body: Uint8Array;
  /** As it came over the wire. */
  readonly wireBytes: number;
}

/** Connections to one upstream server. */
export interface Transport {
  /** Sends one SOAP message. Throws `upstream.unreachable`, `upstream.untrusted`, `upstream.unexpected`, or the signal's reason. */
  post(url: URL, soapAction: string, body: string, signal: AbortSignal): Promise<TransportAnswer>;
  close(): void;
}

export interface TransportOptions {
  /** Which roots are trusted. */
  readonly tls: Pick<SecureContextOptions, 'ca'>;
  /** Connections at the same time. */
  readonly connections: number;
  readonly userAgent: string;
  /** Milliseconds without any byte after which a request fails; default 3 minutes: lists of Microsoft's take long. */
  readonly timeout?: number;
  /** A longer answer, decoded or not, is cut off and refused; default 256 MiB. */
  readonly mostBytes?: number;
}

const TIMEOUT_MS = 180_000;
/** However slowly the bytes drip. */
const LONGEST_MS = 30 * 60_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** Opens connections that are kept alive. No redirect is followed: the protocol has none. */
export function openTransport(options: TransportOptions): Transport {
  const { tls, connections: maxSockets, userAgent, timeout = TIMEOUT_MS, mostBytes = MOST_BYTES } = options;
  const plain = new PlainAgent({ keepAlive: true, maxSockets });
  const secure = new TlsAgent({ keepAlive: true, maxSockets, minVersion: 'TLSv1.2', ...tls });

  async function post(url: URL, soapAction: string, body: string, stop: AbortSignal): Promise<TransportAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
    const settings = {
      method: 'POST',
      timeout,
      signal: AbortSignal.any([stop, AbortSignal.timeout(LONGEST_MS)]),
      headers: {
        'Content-Type': 'text/xml; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
        'Accept-Encoding': 'xpress',
        SOAPAction: `"${soapAction}"`,
        'User-Agent': userAgent,
      },
    };
    const onAnswer = (answer: IncomingMessage): void => void readAnswer(answer, mostBytes).then(resolve, reject);
    const sent =
      url.protocol === 'https:'
        ? secureRequest(url, { ...settings, agent: secure }, onAnswer)
        : plainRequest(url, { ...settings, agent: plain }, onAnswer);
    sent.on('timeout', () => sent.destroy(new Error(`no byte for ${Math.round(timeout / 1000)} s`)));
    sent.on('error', reject);
    sent.end(body);
    return promise.catch((error: unknown) => {
      stop.throwIfAborted();
      throw error instanceof CodedError ? error : unreachable(url, error as NodeJS.ErrnoException);
    });
  }

  return {
    post,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readAnswer(answer: IncomingMessage, mostBytes: number): Promise<TransportAnswer> {
  const chunks: Uint8Array[] = [];
  let wireBytes = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    wireBytes += chunk.length;
    if (wireBytes > mostBytes) throw tooLong(mostBytes);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return {
    status: answer.statusCode ?? 0,
    body: decoded(answer.headers['content-encoding'], body, mostBytes),
    wireBytes,
  };
}

function decoded(encoding: string | undefined, body: Uint8Array, mostBytes: number): Uint8Array {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'xpress') throw new CodedError('upstream.unexpected', `an answer has the encoding "${encoding}"`);
  const read = decompress(body, mostBytes);
  if (read.ok) return read.bytes;
  throw new CodedError('upstream.unexpected', `an answer does not unpack: ${read.message} (${read.code})`);
}

function tooLong(mostBytes: number): CodedError {
  return new CodedError('upstream.unexpected', `an answer is longer than ${mostBytes} bytes`);
}

/** What the TLS layer says when nobody vouches for a certificate, or not for this name or day. */
export const UNTRUSTED = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT)/;

function unreachable({ host }: URL, { code, message }: NodeJS.ErrnoException): CodedError {
  const isTrust = code !== undefined && UNTRUSTED.test(code);
  return new CodedError(isTrust ? 'upstream.untrusted' : 'upstream.unreachable', `${host}: ${message || code}`);
}
