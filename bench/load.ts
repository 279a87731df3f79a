// A day's traffic of a large fleet, held for some minutes: agents come at random (open loop, Poisson), each with a TLS connection of its
// own, and make a whole scan: GetAuthorizationCookie, GetCookie, SyncUpdates with some 3,000 cached ids, its driver pass, and
// ReportEventBatch. Usage: node bench/load.ts [--quick] [--json FILE] [--fleet N] [--minutes N] [--rate SCANS_A_SECOND]
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cookie } from '#protocol/wusp/types.ts';
import { SYSTEM_NAMES } from '#simulator/sample/operating-systems.ts';
import {
  answerOf,
  enrol,
  installedNonLeaves,
  reportRequest,
  requestBytes,
  scan,
  syncRequest,
} from './support/agent.ts';
import { benchUpdateId } from './support/catalogue.ts';
import { clientId, customerToken, type FleetPart, fillCatalogue, fillCustomers, fillServers } from './support/fill.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';
import { percentile } from './support/rounds.ts';
import { startService } from './support/service.ts';
import { openSessions } from './support/sessions.ts';
import { cpuSeconds, cpuSecondsOfTree, watchMemory } from './support/usage.ts';
import { open } from './support/wire.ts';

const FLEET = ARGUMENTS.one('fleet', 10_000, 1_000_000);
const SECONDS = ARGUMENTS.one('minutes', 0.5, 10) * 60;
/** Every server scans about once in 22 hours, less up to a fifth: 1,000,000 of them 13 times a second. */
const RATE = ARGUMENTS.one('rate', 13, 13);
const REVISIONS = ARGUMENTS.one('revisions', 9_000, 9_000);
const INSTALLED = Array.from({ length: 100 }, (_, index) => benchUpdateId(index));
const NEEDED = [200, 201, 202].map(benchUpdateId);
const OPERATIONS = [
  'GetAuthorizationCookie',
  'GetCookie',
  'SyncUpdates',
  'SyncUpdates, drivers',
  'ReportEventBatch',
] as const;
type Step = (typeof OPERATIONS)[number] | 'connect' | 'whole scan';

/** One customer has a tenth of all servers; the others have a hundredth each. Every system has a third of each. */
const parts: FleetPart[] = [];
for (let customer = 1, first = 1; first <= FLEET; customer++) {
  const servers = customer === 1 ? FLEET / 10 : FLEET / 100;
  const each = Math.ceil(servers / SYSTEM_NAMES.length);
  for (const system of SYSTEM_NAMES) {
    parts.push({
      customer,
      first,
      servers: Math.min(each, FLEET - first + 1),
      system,
      plan: customer % 3 === 0 ? 'early' : 'default',
    });
    first += each;
  }
}

const now = Temporal.Now.instant();
const service = await startService({
  prepare: async (pool) => {
    const start = performance.now();
    await fillCatalogue(pool, REVISIONS, REVISIONS / 3, now);
    await fillCustomers(pool, parts, now);
    for (const part of parts) if (part.servers > 0) await fillServers(pool, part, INSTALLED, now);
    await pool.query('vacuum analyze');
    await pool.query('checkpoint');
    console.log(
      `${FLEET} servers of ${parts.length / SYSTEM_NAMES.length} customers were written in ${Math.round((performance.now() - start) / 1_000)} s`,
    );
  },
});
const sessions = await openSessions(service.pool);
const groups = await scout();
const memory = watchMemory(service);
const times = new Map<Step, number[]>();
const failures = new Map<string, number>();
const before = usage();
const begun = performance.now();
const running = new Set<Promise<void>>();
let most = 0;
for (let next = 0; next < SECONDS * 1_000; next += (-Math.log(1 - Math.random()) * 1_000) / RATE) {
  const wait = begun + next - performance.now();
  if (wait > 0) await sleep(wait);
  const one: Promise<void> = visit(begun + next)
    .catch((error: Error) => void failures.set(error.message, (failures.get(error.message) ?? 0) + 1))
    .finally(() => running.delete(one));
  running.add(one);
  most = Math.max(most, running.size);
}
await Promise.all(running);
report((performance.now() - begun) / 1_000);
memory.stop();
await service.stop();

/** What every server of a group has: the ids that it cached, and the version that it was told. One scan each, as a new server, finds out. */
async function scout() {
  const connection = await open(service.tls, service.root);
  const found = new Map<
    FleetPart,
    {
      readonly request: ReturnType<typeof syncRequest>;
      readonly drivers: ReturnType<typeof syncRequest>;
      readonly told: Cookie;
    }
  >();
  for (const part of parts.filter(({ servers }) => servers > 0)) {
    const token = customerToken(part.customer);
    const agent = await enrol(connection, token, randomUUID(), part.system);
    const like = [...found].find(([{ system }]) => system === part.system)?.[1].request.parameters;
    for (const id of like?.installedNonLeafUpdateIds ?? []) agent.cache.set(id, false);
    for (const id of like?.otherCachedUpdateIds ?? []) agent.cache.set(id, true);
    const installed = await installedNonLeaves(service.pool, part.system);
    await scan(connection, token, agent, installed);
    const request = syncRequest(agent, installed);
    const { installedNonLeafUpdateIds = [] } = request.parameters;
    const drivers = {
      ...request,
      parameters: { installedNonLeafUpdateIds, skipSoftwareSync: true, needTwoGroupOutOfScopeUpdates: true },
    };
    found.set(part, { request, drivers, told: agent.cookie as Cookie });
  }
  connection.close();
  return found;
}

/** One visit of a server that nobody else plays; times count from when it was due, so that a queue shows. */
async function visit(due: number): Promise<void> {
  const number = 1 + Math.floor(Math.random() * FLEET);
  const part = parts.findLast(({ first, servers }) => servers > 0 && first <= number) as FleetPart;
  const group = groups.get(part);
  if (!group) throw new Error('a server without a group');
  const token = customerToken(part.customer);
  const sid = clientId(number);
  const connection = await timed('connect', () => open(service.tls, service.root));
  const at = Temporal.Now.instant();
  const send = (step: Step, request: Parameters<typeof requestBytes>[0]) => {
    const bytes = requestBytes(request, token);
    return timed(step, () => connection.send(bytes));
  };
  try {
    const authorized = await send('GetAuthorizationCookie', {
      operation: 'GetAuthorizationCookie',
      clientId: sid,
      dnsName: `srv-${number}.bench.example`,
    });
    const { authorizationCookie } = answerOf('GetAuthorizationCookie', authorized);
    const oldCookie = sessions.cookie(number, at.subtract({ hours: 21 }), sessions.toldBy(group.told));
    const request = {
      authorizationCookie,
      oldCookie,
      lastChange: sessions.lastChange,
      currentTime: at,
      protocolVersion: '2.33',
    };
    const { cookie } = answerOf('GetCookie', await send('GetCookie', { operation: 'GetCookie', ...request }));
    const synced = answerOf('SyncUpdates', await send('SyncUpdates', { ...group.request, cookie })).syncInfo;
    const { newCookie } = synced;
    answerOf('SyncUpdates', await send('SyncUpdates, drivers', { ...group.drivers, cookie: newCookie }));
    const lists = { needed: NEEDED, installed: INSTALLED };
    const { accepted } = answerOf(
      'ReportEventBatch',
      await send('ReportEventBatch', reportRequest(sid, newCookie, lists, at)),
    );
    if (!accepted) throw new Error('a report was not accepted');
    note('whole scan', performance.now() - due);
  } finally {
    connection.close();
  }
}

async function timed<Result>(step: Step, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  note(step, performance.now() - start);
  return result;
}

function note(step: Step, milliseconds: number): void {
  const known = times.get(step);
  if (known) known.push(milliseconds);
  else times.set(step, [milliseconds]);
}

function usage() {
  return {
    service: cpuSeconds(service.pid),
    postgres: cpuSecondsOfTree(service.postgresPid),
    generator: cpuSeconds(process.pid),
  };
}

function report(seconds: number): void {
  const steps: Step[] = ['connect', ...OPERATIONS, 'whole scan'];
  const rows = steps.map((step): Row => {
    const all = times.get(step) ?? [];
    const at = (percent: number): number => percentile(all, percent);
    return { step, count: all.length, 'p50 ms': at(50), 'p95 ms': at(95), 'p99 ms': at(99), 'max ms': at(100) };
  });
  const title = `${FLEET} servers, ${RATE} scans a second for ${Math.round(seconds)} s`;
  table(title, rows);
  const after = usage();
  const share = (who: keyof typeof after): string => `${((100 * (after[who] - before[who])) / seconds).toFixed(1)} %`;
  const peak = memory.peak();
  table(`${title}: what it took`, [
    {
      'scans/s': (times.get('whole scan')?.length ?? 0) / seconds,
      'failed scans': [...failures.values()].reduce((sum, count) => sum + count, 0),
      'most at once': most,
      'service, of one core': share('service'),
      'postgres, of one core': share('postgres'),
      'generator, of one core': share('generator'),
      'service MiB': mebibytes(peak.service),
      'postgres MiB': mebibytes(peak.postgres),
      'both MiB': mebibytes(peak.together),
    },
  ]);
  for (const [message, count] of failures) console.log(`${count} × ${message}`);
}
