// SyncUpdates with nothing new, as most scans are: the service beside a bare Node server that reads the same request with the same XML
// reader and sends the same bytes. Usage: node bench/scan.ts [--quick] [--json FILE] [--revisions N,…] [--servers N,…] [--rounds N]
import { randomUUID } from 'node:crypto';
import { type Agent, enrol, installedNonLeaves, requestBytes, scan, syncRequest } from './support/agent.ts';
import { startBare } from './support/bare.ts';
import { benchUpdateId, MEASURED } from './support/catalogue.ts';
import { customerToken, fillCatalogue, fillCustomers, fillServers } from './support/fill.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';
import { alternately, busyFor } from './support/rounds.ts';
import { startService } from './support/service.ts';
import { cpuSeconds, cpuSecondsOfTree, watchMemory } from './support/usage.ts';
import { type Connection, open } from './support/wire.ts';

/** A Thursday between two windows of the plan, so that nothing is being offered. */
const CLOCK = Temporal.Instant.from('2026-01-08T12:00:00Z');
const CACHED = 3_000;
const CONNECTIONS = 16;
const ROUND_MS = ARGUMENTS.quick ? 1_000 : 4_000;
const TOKEN = customerToken(1);

const sizes = ARGUMENTS.list('revisions', [5_000], [5_000, 20_000, 100_000]);
const fleets = ARGUMENTS.list('servers', [1_000], [1_000, 10_000, 100_000]);
const rows: Row[] = [];
for (const revisions of sizes) rows.push(await measure(revisions, fleets[0] ?? 1_000));
for (const servers of fleets.slice(1))
  rows.push(await measure(sizes[Math.min(1, sizes.length - 1)] ?? 20_000, servers));
table('SyncUpdates, nothing new, 3,000 cached ids', rows);

async function measure(revisions: number, servers: number): Promise<Row> {
  const service = await startService({
    clock: CLOCK.toString(),
    prepare: async (pool) => {
      const part = { customer: 1, first: 1, servers, system: MEASURED, plan: 'default' };
      const installed = Array.from({ length: 100 }, (_, index) => benchUpdateId(index));
      await fillCatalogue(pool, revisions, CACHED, CLOCK);
      await fillCustomers(pool, [part], CLOCK);
      await fillServers(pool, part, installed, CLOCK);
    },
  });
  const memory = watchMemory(service);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(service.http)));
  const first = connections[0] as Connection;
  const installed = await installedNonLeaves(service.pool, MEASURED);
  const requests: Uint8Array[][] = [];
  let model: Agent | undefined;
  for (let count = 0; count < CONNECTIONS; count++) {
    const agent = await enrol(first, TOKEN, randomUUID(), MEASURED);
    for (const [id, isLeaf] of model?.cache ?? []) agent.cache.set(id, isLeaf);
    await scan(first, TOKEN, agent, installed);
    model ??= agent;
    requests.push(requestBytes(syncRequest(agent, installed), TOKEN));
  }
  const answer = await first.send(requests[0] as Uint8Array[]);
  const bare = await startBare([answer]);
  const bareConnections = await Promise.all(connections.map(() => open(bare.address)));
  const ours = connections.map((connection, at) => sender(connection, requests[at] as Uint8Array[]));
  const others = bareConnections.map((connection, at) =>
    sender(connection, bare.request(requests[at] as Uint8Array[], 0, 'xml')),
  );
  let bareRequests = 0;
  const bareBefore = cpuSeconds(bare.pid);
  const cpu = { service: 0, postgres: 0, requests: 0 };
  const result = await alternately(
    ARGUMENTS.rounds,
    async () => {
      const before = [cpuSeconds(service.pid), cpuSecondsOfTree(service.postgresPid)] as const;
      const round = await busyFor(ROUND_MS, ours, () => cpu.requests++);
      cpu.service += cpuSeconds(service.pid) - before[0];
      cpu.postgres += cpuSecondsOfTree(service.postgresPid) - before[1];
      return round;
    },
    () => busyFor(ROUND_MS, others, () => bareRequests++),
  );
  const row = {
    revisions,
    servers,
    cached: model?.cache.size ?? 0,
    requestKB: Math.round((requests[0]?.[1]?.length ?? 0) / 1024),
    answerBytes: answer.body.length,
    'ours/s': result.ours,
    'bare/s': result.bare,
    ratio: result.ratio,
    lowest: result.lowest,
    'bare CPU ms': ((cpuSeconds(bare.pid) - bareBefore) * 1_000) / bareRequests,
    'service CPU ms': (cpu.service * 1_000) / cpu.requests,
    'postgres CPU ms': (cpu.postgres * 1_000) / cpu.requests,
    'service MiB': mebibytes(memory.peak().service),
    'all MiB': mebibytes(memory.peak().together),
  };
  memory.stop();
  bare.stop();
  for (const connection of [...connections, ...bareConnections]) connection.close();
  await service.stop();
  return row;
}

function sender(connection: Connection, request: readonly Uint8Array[]): () => Promise<void> {
  return async () => {
    const { status } = await connection.send(request);
    if (status !== 200) throw new Error(`status ${status}`);
  };
}
