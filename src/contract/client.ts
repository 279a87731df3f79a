import type { Endpoint, EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import { CodedError, ERRORS, type ErrorCode } from '#contract/errors.ts';

/** What of WHATWG `fetch` the client needs. Callers bring their own, since the contract does no I/O; `Signal` is their `AbortSignal`. */
export type Fetch<Signal> = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly signal?: Signal;
  },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>;

/** Calls endpoints. Every failure is a `CodedError`, but for an abort by the caller's own signal, which passes as it is. */
export interface ApiClient<Signal> {
  call<E extends Endpoint>(
    endpoint: E,
    input?: EndpointCall<E>,
    options?: { readonly signal?: Signal },
  ): Promise<EndpointResult<E>>;
}

/** A typed client of the service at `baseUrl`, e.g. `http://127.0.0.1:8080`. Without a token only what is public answers. */
export function apiClient<Signal>(options: {
  readonly baseUrl: string;
  readonly token?: string;
  readonly fetch: Fetch<Signal>;
}): ApiClient<Signal> {
  const base = options.baseUrl.replace(/\/+$/, '');
  return {
    async call(endpoint, input = {}, { signal } = {}) {
      const { params, query, body } = input;
      const url = `${base}/api/v1${pathOf(endpoint.path, members(params))}${queryOf(members(query))}`;
      const headers = {
        accept: 'application/json',
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const { ok, status, text } = await exchange(options.fetch, url, {
        method: endpoint.method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const answer = jsonOf(text);
      if (!ok) throw codedErrorFrom(status, answer);
      return answer as EndpointResult<typeof endpoint>;
    },
  };
}

/** The refusal in an answer of the service; `service.failed` where the answer is not one of ours. */
export function codedErrorFrom(status: number, answer: unknown): CodedError {
  const { code, message, details, id } = members(members(answer).error);
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code) || typeof message !== 'string') {
    return new CodedError('service.failed', `The answer has status ${status} and is not one of this service.`);
  }
  const listed = Array.isArray(details) ? details.filter((detail) => typeof detail === 'string') : [];
  return new CodedError(code as ErrorCode, typeof id === 'string' ? `${message} (id ${id})` : message, listed);
}

async function exchange<Signal>(fetch: Fetch<Signal>, url: string, init: Parameters<Fetch<Signal>>[1]) {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const name = members(error).name;
    if (name === 'AbortError') throw error;
    if (name === 'TimeoutError') throw new CodedError('service.timeout', `No answer in time from ${url}`);
    throw new CodedError('service.unreachable', `${url.split('/', 3).join('/')} cannot be reached: ${reasonOf(error)}`);
  }
}

/** `fetch` hides the reason in the cause: `ECONNREFUSED` and its like. */
export function reasonOf(error: unknown): string {
  const { cause, message } = members(error);
  const { code, message: deeper } = members(cause);
  return String(code ?? deeper ?? message ?? error);
}

function pathOf(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(params[name] ?? '');
    // A URL cannot carry these as a segment, however they are escaped.
    if (value === '' || value === '.' || value === '..')
      throw new CodedError('usage.wrong', `${name}: "${value}" cannot be a name`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
