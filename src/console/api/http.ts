import type { CONSOLE_HEADER } from '#contract/endpoints/session.ts';
import type { ErrorCode } from '#contract/errors.ts';

const HEADER: typeof CONSOLE_HEADER = 'x-second-tuesday-console';
const UNREACHABLE: ErrorCode = 'service.unreachable';

/** A refusal of the service, or that it could not be reached. */
export class ApiError extends Error {
  /** Of the registry in `docs/errors.md`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Reads from the API; `path` is below `/api/v1`, its variable parts already escaped. */
export function read<Result>(path: string, query: Query, signal?: AbortSignal): Promise<Result> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const text = new URLSearchParams(given).toString();
  return exchange<Result>(`${path}${text && '?'}${text}`, { method: 'GET', ...(signal ? { signal } : {}) });
}

/** Changes something through the API. */
export function write<Result>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<Result> {
  return exchange<Result>(path, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
}

async function exchange<Result>(path: string, init: RequestInit): Promise<Result> {
  const headers = { accept: 'application/json', [HEADER]: '1', ...init.headers };
  const response = await fetch(`/api/v1${path}`, { ...init, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(UNREACHABLE, 'The service does not answer.', 0);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(answer, response.status);
  return answer as Result;
}

function refusal(answer: unknown, status: number): ApiError {
  const { code, message, id } = (answer as { error?: Readonly<Record<string, unknown>> } | undefined)?.error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string')
    return new ApiError(UNREACHABLE, `Something else than the service answered, with status ${status}.`, status);
  return new ApiError(code, typeof id === 'string' ? `${message} (id ${id})` : message, status);
}
