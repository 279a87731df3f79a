import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliIo } from '#cli/io.ts';
import { type ApiClient, apiClient, codedErrorFrom, reasonOf } from '#contract/client.ts';
import type { Endpoint, EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import { CodedError } from '#contract/errors.ts';

/** The service as the command line reaches it. */
export interface Service {
  call<E extends Endpoint>(endpoint: E, input?: EndpointCall<E>): Promise<EndpointResult<E>>;
  /** A call below `/api/v1` that streams. Resolves with a good answer only; refusals are thrown with their code. */
  stream(method: 'GET' | 'PUT', path: string, body?: Blob): Promise<Response>;
}

/**
 * The service at ST_URL, else on this machine at ST_CONSOLE_PORT; the token is ST_TOKEN, else what the first start wrote into the data
 * directory. Nothing is read or asked before the first call.
 */
export function connect({ env, fetch, signal }: CliIo): Service {
  let known: Promise<string | undefined> | undefined;
  const token = (): Promise<string | undefined> => {
    known ??= tokenOf(env);
    return known;
  };
  /** Whatever an abort looks like after it went through `fetch`, it is one. */
  const stopped = (error: unknown): never => {
    throw signal?.aborted ? new DOMException('stopped', 'AbortError') : error;
  };
  async function client(): Promise<ApiClient<AbortSignal>> {
    const sent = await token();
    return apiClient<AbortSignal>({ baseUrl: baseUrlOf(env), fetch, ...(sent === undefined ? {} : { token: sent }) });
  }
  return {
    async call(endpoint, input) {
      const api = await client();
      const answer = api.call(endpoint, input, signal ? { signal } : {});
      return explained(answer.catch(stopped), await token(), env);
    },
    async stream(method, path, body) {
      const sent = await token();
      const headers = {
        ...(sent === undefined ? {} : { authorization: `Bearer ${sent}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
      };
      const init = { method, headers, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) };
      return explained(streamed(fetch, baseUrlOf(env), path, init).catch(stopped), sent, env);
    },
  };
}

async function streamed(send: typeof fetch, baseUrl: string, path: string, init: RequestInit): Promise<Response> {
  const response = await send(`${baseUrl}/api/v1${path}`, init).catch((error: Error) => {
    throw new CodedError('service.unreachable', `${baseUrl} cannot be reached, or broke off: ${reasonOf(error)}`);
  });
  if (!response.ok) throw codedErrorFrom(response.status, await response.json().catch(() => undefined));
  return response;
}

/** Adds what only this side knows: where the token was looked for, and which address was tried. */
async function explained<T>(answer: Promise<T>, token: string | undefined, env: CliIo['env']): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'auth.missing') throw error;
    const tried = token === undefined ? 'no token: ST_TOKEN is not set and' : 'the token is not known;';
    const place =
      env.ST_TOKEN && token !== undefined
        ? 'it comes from ST_TOKEN'
        : `${tokenFile(env)} ${token === undefined ? 'cannot be read' : 'has it'}`;
    throw new CodedError('auth.missing', `${tried} ${place}`);
  }
}

function baseUrlOf(env: CliIo['env']): string {
  const text = env.ST_URL || `http://127.0.0.1:${env.ST_CONSOLE_PORT || '8080'}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const name = env.ST_URL ? 'ST_URL' : 'ST_CONSOLE_PORT';
    throw new CodedError('usage.setting', `${name}: ${JSON.stringify(env[name])} does not make an http(s) address`);
  }
  return text.replace(/\/+$/, '');
}

async function tokenOf(env: CliIo['env']): Promise<string | undefined> {
  if (env.ST_TOKEN?.trim()) return env.ST_TOKEN.trim();
  const text = await readFile(tokenFile(env), 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}

function tokenFile(env: CliIo['env']): string {
  return join(env.ST_DATA_DIR || './data', 'admin-token');
}
