import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { apiClient } from '#contract/client.ts';
import type { Endpoint, EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { realClock, type SimulatedClock, simulatedClock } from '#server/clock.ts';
import { payloadStore } from '#server/content/payload-store.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { type FactsKeeper, keepFacts } from '#server/facts/keeper.ts';
import { consoleListener } from '#server/http/console-listener.ts';
import { keepDirectories } from '#server/integrations/directory/directories.ts';
import { openSecrets } from '#server/secrets.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import { addPolicy } from '#server/store/policies.ts';
import { ensureService } from '#server/store/service.ts';
import { addApiToken } from '#server/store/tokens.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

/** The token of the administrator in tests. */
export const TOKEN = 'token-of-a-test';

/** The API over a real database, reached without a socket. */
export interface TestService {
  readonly app: FastifyInstance;
  readonly pool: pg.Pool;
  readonly keeper: FactsKeeper;
  readonly clock: SimulatedClock;
  /** What went to the log as an error. */
  readonly logged: object[];
  /** Calls an endpoint with the typed client, and checks the answer against its schema. */
  call<E extends Endpoint>(endpoint: E, input?: EndpointCall<E>): Promise<EndpointResult<E>>;
}

/** A service that stands at an instant; `real`: under the real clock. */
export async function testService(t: TestContext, at: string, real = false): Promise<TestService> {
  const ends: (() => unknown)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end(); // the database goes last, when nobody holds a connection any more
  });
  const pool = await freshDatabase({ after: (end: () => unknown) => void ends.push(end) } as TestContext);
  const clock = simulatedClock(Temporal.Instant.from(at));
  const kind = real ? 'real' : 'simulated';
  await ensureService(pool, { serverGuid: '00000000-0000-4000-8000-000000000001', clock: kind, at: clock.now() });
  const yaml = readFileSync(resolve(import.meta.dirname, '../../../../policies/default.yaml'), 'utf8');
  await addPolicy(pool, { yaml, who: 'test', why: 'first', at: clock.now() });
  await addApiToken(pool, 'admin', tokenDigest(TOKEN), clock.now());
  const logged: object[] = [];
  const log = { error: (details: object) => void logged.push(details), warn: () => {} };
  const keeper = await keepFacts({ pool, contentFromMicrosoft: true, log });
  ends.push(() => keeper.close());
  const upstreams = keepUpstreams({ pool, keeper, clock, version: '0.0.0-test', log: { ...log, info: () => {} } });
  ends.push(() => upstreams.close());
  const secrets = await openSecrets(temporaryFolder());
  const directories = keepDirectories({ pool, clock, secrets, log });
  ends.push(() => directories.close());
  const deps: ApiDeps = {
    pool,
    keeper,
    clock: real ? realClock() : clock,
    upstreams,
    payloads: payloadStore(join(temporaryFolder(), 'content')),
    secrets,
    directories,
    settings: { clientHttp: false, eventRetentionDays: 400 },
    version: '0.0.0-test',
    log,
    clients: ['https://updates.example:8531'],
    ...(real ? {} : { moveClock: async (to: Temporal.Instant) => clock.moveTo(to) }),
  };
  const app = await consoleListener(deps);
  ends.push(() => app.close());
  const client = apiClient<AbortSignal>({ baseUrl: 'http://service.test', token: TOKEN, fetch: injected(app) });
  return {
    app,
    pool,
    keeper,
    clock,
    logged,
    async call(endpoint, input) {
      const answer = await client.call(endpoint, input);
      endpoint.result.parse(answer);
      return answer;
    },
  };
}

/** `fetch` into a service that does not listen. */
export function injected(app: FastifyInstance): Parameters<typeof apiClient<AbortSignal>>[0]['fetch'] {
  return async (url, { method, headers, body }) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: url.replace(/^https?:\/\/[^/]+/, ''),
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { ok: answer.statusCode < 400, status: answer.statusCode, text: async () => answer.body };
  };
}

/** The sample's documents of some months as an import brings them. */
export function sampleDocuments(from: string, to: string): { name: string; xml: string }[] {
  return sampleCatalogue({ from, to, definitionsEvery: 30 }).documents.map(({ name, xml }) => ({ name, xml }));
}
