import { setTimeout as after } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import type { ApiDeps } from '#server/api/deps.ts';
import { mountApi } from '#server/api/routes.ts';
import { mountSession } from '#server/api/session.ts';
import type { Clock } from '#server/clock.ts';
import { serveCalendars } from '#server/http/calendar-feed.ts';
import { mountConsole } from '#server/http/console-files.ts';
import { serveMetrics } from '#server/http/metrics.ts';
import { answerRefusals } from '#server/http/refusals.ts';
import { welcomePage } from '#server/http/welcome-page.ts';

const LIMITS = {
  bodyLimit: 1024 * 1024,
  handlerTimeout: 30_000,
  /** The longest that a body may take to arrive: payloads have gigabytes. */
  requestTimeout: 12 * 3_600_000,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 30_000 },
  routerOptions: { maxParamLength: 300 },
} as const;
/** For all but the console's page, which has a policy of its own: no script, no frame, nothing from elsewhere. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const DATABASE_MS = 5_000;

/**
 * The console's side of the service: the console at `/`, the API below `/api/v1`, `/healthz`, `/readyz` and `/metrics`. The caller lets it
 * listen and closes it. Under a simulated clock every answer says so.
 */
export async function consoleListener(deps: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({ ...LIMITS, forceCloseConnections: 'idle' });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (deps.clock.kind === 'simulated') reply.header('x-second-tuesday-clock', clockText(deps.clock));
  });
  answerRefusals(app, deps.log);
  await serveConsole(app, deps);
  serveMetrics(app, deps);
  serveHealth(app, deps);
  serveCalendars(app, deps);
  app.register(async (scope) => mountSession(scope, deps), { prefix: '/api/v1' });
  app.register(async (scope) => mountApi(scope, deps), { prefix: '/api/v1' });
  await app.ready();
  return app;
}

/** The console where it was built; else a page that says what this is and how to build it. */
async function serveConsole(app: FastifyInstance, { version, clock, log }: ApiDeps): Promise<void> {
  if (await mountConsole(app)) return;
  log.warn({}, 'the console is not built; npm start builds it');
  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(welcomePage(version, clockText(clock))),
  );
}

function clockText(clock: Clock): string {
  return clock.kind === 'simulated' ? `simulated ${clock.now()}` : 'real';
}

/** `/healthz`: the process is up. `/readyz`: it can answer, because the database does; the facts were loaded before the start. */
function serveHealth(app: FastifyInstance, { pool, keeper, log }: ApiDeps): void {
  app.get('/healthz', async () => ({ status: 'up' }));
  app.get('/readyz', async (_request, reply) => {
    const stop = new AbortController();
    const late = after(DATABASE_MS, undefined, { signal: stop.signal }).then(() =>
      Promise.reject(new Error('no answer in time')),
    );
    try {
      await Promise.race([pool.query('select 1'), late]);
      return { status: 'ready', revisions: keeper.current().catalogue.revisions.size };
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'not ready');
      return reply.code(503).send({ status: 'not ready', reason: 'The database does not answer.' });
    } finally {
      stop.abort();
    }
  });
}
