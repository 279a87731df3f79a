// ReportEventBatch, durable: agents' status reports over HTTP beside a bare loop that inserts the same rows, one statement and one commit a
// report. Usage: node bench/report.ts [--quick] [--json FILE] [--servers N,…] [--rounds N]
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { reportRequest, requestBytes } from './support/agent.ts';
import type { InsertLoop } from './support/bare-inserts.ts';
import { benchUpdateId, MEASURED } from './support/catalogue.ts';
import { clientId, customerToken, fillCatalogue, fillCustomers, fillServers } from './support/fill.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';
import { alternately, busyFor, type Round } from './support/rounds.ts';
import { type BenchService, startService } from './support/service.ts';
import { openSessions } from './support/sessions.ts';
import { cpuSeconds, cpuSecondsOfTree, watchMemory } from './support/usage.ts';
import { open } from './support/wire.ts';

const CLOCK = Temporal.Instant.from('2026-01-08T12:00:00Z');
const ROUND_MS = ARGUMENTS.quick ? 1_000 : 4_000;
/** Agents that report at the same moment. */
const AGENTS = ARGUMENTS.one('agents', 32, 32);
const INSTALLED = Array.from({ length: 100 }, (_, index) => benchUpdateId(index));
const NEEDED = [200, 201, 202].map(benchUpdateId);

const rows: Row[] = [];
for (const servers of ARGUMENTS.list('servers', [1_000], [1_000, 10_000, 100_000]))
  rows.push(...(await measure(servers, 1)));
if (!ARGUMENTS.quick) rows.push(...(await measure(10_000, 100)));
table(`ReportEventBatch, durable, ${AGENTS} agents at a time`, rows);

async function measure(servers: number, customers: number): Promise<Row[]> {
  const each = servers / customers;
  const parts = Array.from({ length: customers }, (_, at) => ({
    customer: at + 1,
    first: 1 + at * each,
    servers: each,
    system: MEASURED,
    plan: 'default',
  }));
  const service = await startService({
    clock: CLOCK.toString(),
    prepare: async (pool) => {
      await fillCatalogue(pool, 1_000, 500, CLOCK);
      await fillCustomers(pool, parts, CLOCK);
      for (const part of parts) await fillServers(pool, part, INSTALLED, CLOCK.subtract({ hours: 24 }));
      await pool.query('vacuum analyze');
    },
  });
  const memory = watchMemory(service);
  const rows: Row[] = [];
  const reports = await reporters(service, servers);
  for (const connections of [1, 10]) {
    const loop = await insertLoop(service, { connections, servers, customers });
    const cpu = { ours: 0, oursPostgres: 0, bare: 0, barePostgres: 0 };
    const done = { ours: 0, bare: 0 };
    const result = await alternately(
      ARGUMENTS.rounds,
      async () => {
        const before = [cpuSeconds(service.pid), cpuSecondsOfTree(service.postgresPid)] as const;
        const round = await busyFor(ROUND_MS, reports.workers, () => done.ours++);
        cpu.ours += cpuSeconds(service.pid) - before[0];
        cpu.oursPostgres += cpuSecondsOfTree(service.postgresPid) - before[1];
        return round;
      },
      async () => {
        const before = [cpuSeconds(loop.pid), cpuSecondsOfTree(service.postgresPid)] as const;
        const round = await loop.run(ROUND_MS);
        done.bare += (round.perSecond * ROUND_MS) / 1_000;
        cpu.bare += cpuSeconds(loop.pid) - before[0];
        cpu.barePostgres += cpuSecondsOfTree(service.postgresPid) - before[1];
        return round;
      },
    );
    loop.stop();
    rows.push({
      servers,
      customers,
      'bare loop': `${connections} connection${connections > 1 ? 's' : ''}`,
      'ours/s': result.ours,
      'bare/s': result.bare,
      ratio: result.ratio,
      lowest: result.lowest,
      'service CPU ms': (cpu.ours * 1_000) / done.ours,
      'postgres CPU ms': (cpu.oursPostgres * 1_000) / done.ours,
      'bare CPU ms': (cpu.bare * 1_000) / done.bare,
      'its postgres CPU ms': (cpu.barePostgres * 1_000) / done.bare,
      'service MiB': mebibytes(memory.peak().service),
      'all MiB': mebibytes(memory.peak().together),
    });
  }
  reports.close();
  memory.stop();
  await service.stop();
  return rows;
}

/** Agents that send one report after the other, each time as the next server of the fleet. */
async function reporters(service: BenchService, servers: number) {
  const sessions = await openSessions(service.pool);
  const connections = await Promise.all(Array.from({ length: AGENTS }, () => open(service.http)));
  const expires = CLOCK.add({ hours: 1 });
  let count = 0;
  const lists = { needed: NEEDED, installed: INSTALLED };
  const sid = 'SID';
  const model = reportRequest(sid, { expiration: expires, encryptedData: 'COOKIE' }, lists, CLOCK);
  const [head, body] = requestBytes(model, customerToken(1)).map((part) => Buffer.from(part).toString('latin1'));
  if (!head || !body) throw new Error('a request has a head and a body');
  const variable = new RegExp(
    `COOKIE|${sid}|${model.eventBatch.map(({ basicData }) => basicData.eventInstanceId).join('|')}`,
  );
  const times = `<TimeAtTarget>${CLOCK.toString()}</TimeAtTarget>`;
  const pieces = body.split(variable);
  const workers = connections.map((connection) => async () => {
    const number = count++;
    const server = 1 + (number % servers);
    const own = clientId(server);
    const values = [sessions.cookie(server, expires).encryptedData, own, randomUUID(), own, randomUUID()];
    const at = CLOCK.subtract({ hours: 6 }).add({ milliseconds: number }).toString();
    const text = pieces
      .map((piece, index) => piece + (values[index] ?? ''))
      .join('')
      .replaceAll(times, `<TimeAtTarget>${at}</TimeAtTarget>`);
    const bytes = Buffer.from(text, 'latin1');
    const ownHead = head.replace(/Content-Length: \d+/, `Content-Length: ${bytes.length}`);
    const { status, body: answer } = await connection.send([Buffer.from(ownHead, 'latin1'), bytes]);
    if (status !== 200) throw new Error(`status ${status}: ${answer.toString('latin1')}`);
  });
  return {
    workers,
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

async function insertLoop(
  service: BenchService,
  how: Pick<InsertLoop, 'connections' | 'servers' | 'customers'>,
): Promise<{ readonly pid: number; run(milliseconds: number): Promise<Round>; stop(): void }> {
  const host = service.pool.options.host as string;
  const settings: InsertLoop = { host, ...how, installed: INSTALLED, needed: NEEDED };
  const child: ChildProcess = fork(join(import.meta.dirname, 'support', 'bare-inserts.ts'), [JSON.stringify(settings)]);
  await once(child, 'message');
  return {
    pid: child.pid as number,
    async run(milliseconds) {
      child.send(milliseconds);
      const [perSecond] = (await once(child, 'message')) as [number];
      return { perSecond };
    },
    stop: () => child.disconnect(),
  };
}
