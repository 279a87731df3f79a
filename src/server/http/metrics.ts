import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '#server/api/deps.ts';
import { type FleetCounts, fleetCounts } from '#server/api/fleet-counts.ts';

/** Counting a fleet costs statements, and anybody who reaches the port may ask. */
const FLEET_KEPT_MS = 10_000;

/** Counts answers and serves them, the fleet and the catalogue at `/metrics`, in the text format of Prometheus. */
export function serveMetrics(app: FastifyInstance, deps: ApiDeps): void {
  const answers = new Map<string, { count: number; seconds: number }>();
  let fleet: { readonly counted: number; readonly counts: Promise<FleetCounts> } | undefined;

  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const key = labels({ method, route: routeOptions.url ?? 'none', status: String(reply.statusCode) });
    const { count, seconds } = answers.get(key) ?? { count: 0, seconds: 0 };
    answers.set(key, { count: count + 1, seconds: seconds + reply.elapsedTime / 1000 });
  });
  app.get('/metrics', async (_request, reply) => {
    const now = performance.now();
    if (!fleet || now - fleet.counted > FLEET_KEPT_MS)
      fleet = { counted: now, counts: fleetCounts(deps, deps.clock.now()) };
    const counts = await fleet.counts.catch((error: Error) => {
      fleet = undefined;
      throw error;
    });
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return [...requestLines(answers), ...stateLines(deps, counts), ''].join('\n');
  });
}

function requestLines(answers: ReadonlyMap<string, { readonly count: number; readonly seconds: number }>): string[] {
  const all = [...answers];
  return [
    ...head(
      'second_tuesday_http_request_duration_seconds',
      'summary',
      'Time that requests to the console and the API took.',
    ),
    ...all.map(([key, { seconds }]) => `second_tuesday_http_request_duration_seconds_sum{${key}} ${seconds}`),
    ...all.map(([key, { count }]) => `second_tuesday_http_request_duration_seconds_count{${key}} ${count}`),
  ];
}

function stateLines({ keeper }: ApiDeps, counts: FleetCounts): string[] {
  const { catalogue } = keeper.current();
  const states = {
    compliant: counts.compliant,
    'not-compliant': counts.notCompliant,
    'pending-restart': counts.pendingRestart,
    failed: counts.failed,
    unknown: counts.unknown,
  };
  return [
    ...head('second_tuesday_servers', 'gauge', 'Servers by compliance.'),
    ...Object.entries(states).map(([state, servers]) => `second_tuesday_servers{${labels({ state })}} ${servers}`),
    ...head('second_tuesday_servers_unassigned', 'gauge', 'Servers that belong to no customer.'),
    `second_tuesday_servers_unassigned ${counts.unassigned}`,
    ...head('second_tuesday_catalogue_revisions', 'gauge', 'Revisions in the catalogue.'),
    `second_tuesday_catalogue_revisions ${catalogue.revisions.size}`,
    ...head('second_tuesday_catalogue_updates', 'gauge', 'Updates that can be approved.'),
    `second_tuesday_catalogue_updates ${catalogue.deployable.length}`,
  ];
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labels(values: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string => text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}
