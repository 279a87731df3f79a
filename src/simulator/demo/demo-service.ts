import { type ApiClient, apiClient, codedErrorFrom } from '#contract/client.ts';
import { moveClock } from '#contract/endpoints/service.ts';
import { createHttpClient, type HttpClient } from '../agent/http-client.ts';

/** A running service on a simulated clock, as the story meets it: by its API, and by its clients' protocol. */
export interface DemoService {
  readonly api: ApiClient<AbortSignal>;
  /** What its clients have in `WUServer`, without an enrolment token. */
  readonly wuServer: string;
  /** Connections of its clients. */
  readonly http: HttpClient;
  /** Gives it a payload file. */
  upload(sha1: string, bytes: Uint8Array): Promise<void>;
  /** Moves its clock; resolves when it has settled. */
  moveClock(to: Temporal.Instant): Promise<void>;
}

export interface DemoServiceOptions {
  readonly consoleUrl: string;
  readonly token: string;
  readonly wuServer: string;
  /** PEM of the authority behind `wuServer`. */
  readonly rootCertificate: string;
}

const UPLOAD_WITHIN_MS = 60_000;

/** Speaks to a running service. Failures of the API are `CodedError`s. */
export function demoService({ consoleUrl, token, wuServer, rootCertificate }: DemoServiceOptions): DemoService {
  const api = apiClient<AbortSignal>({ baseUrl: consoleUrl, token, fetch });
  return {
    api,
    wuServer,
    http: createHttpClient({ ca: rootCertificate }),
    async upload(sha1, bytes) {
      const answer = await fetch(`${consoleUrl}/api/v1/content/${sha1}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        body: new Blob([new Uint8Array(bytes)]),
        signal: AbortSignal.timeout(UPLOAD_WITHIN_MS),
      });
      const body: unknown = await answer.json().catch(() => undefined);
      if (!answer.ok) throw codedErrorFrom(answer.status, body);
    },
    async moveClock(to) {
      await api.call(moveClock, { body: { to: to.toString() } });
    },
  };
}
