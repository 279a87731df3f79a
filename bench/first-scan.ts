// A whole first scan of a catalogue that a server needs all of: the service beside a bare Node server that sends the same bytes, once
// after reading each request with the same XML reader, once without a look at it.
// Usage: node bench/first-scan.ts [--quick] [--json FILE] [--revisions N,…] [--rounds N]
import { randomUUID } from 'node:crypto';
import { type Exchange, enrol, installedNonLeaves, scan } from './support/agent.ts';
import { startBare } from './support/bare.ts';
import { MEASURED } from './support/catalogue.ts';
import { customerToken, fillCatalogue, fillCustomers } from './support/fill.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';
import { alternately, busyFor } from './support/rounds.ts';
import { startService } from './support/service.ts';
import { cpuSeconds, watchMemory } from './support/usage.ts';
import { type Connection, open } from './support/wire.ts';

const CLOCK = Temporal.Instant.from('2026-01-08T12:00:00Z');
const ROUND_MS = ARGUMENTS.quick ? 2_000 : 6_000;
const TOKEN = customerToken(1);

const rows: Row[] = [];
for (const revisions of ARGUMENTS.list('revisions', [5_000], [5_000, 20_000, 100_000]))
  rows.push(...(await measure(revisions)));
table('Whole first scan', rows);

async function measure(revisions: number): Promise<Row[]> {
  const service = await startService({
    clock: CLOCK.toString(),
    prepare: async (pool) => {
      await fillCatalogue(pool, revisions, revisions, CLOCK);
      await fillCustomers(pool, [{ customer: 1, first: 1, servers: 0, system: MEASURED, plan: 'default' }], CLOCK);
    },
  });
  const memory = watchMemory(service);
  const atOnce = revisions > 20_000 ? 1 : 4; // of 100,000 one scan alone sends 375 MB of ids
  const connections = await Promise.all(Array.from({ length: atOnce }, () => open(service.http)));
  const installed = await installedNonLeaves(service.pool, MEASURED);
  const scans: Exchange[][] = [];
  for (const connection of connections) {
    const exchanges: Exchange[] = [];
    const agent = await enrol(connection, TOKEN, randomUUID(), MEASURED);
    await scan(connection, TOKEN, agent, installed, (exchange) => exchanges.push(exchange));
    scans.push(exchanges);
  }
  const model = scans[0] as Exchange[];
  const bare = await startBare(model.map(({ answer }) => answer));
  const bareConnections = await Promise.all(connections.map(() => open(bare.address)));
  const ours = connections.map((connection, at) =>
    whole(
      connection,
      (scans[at] as Exchange[]).map(({ request }) => request),
    ),
  );
  const rows: Row[] = [];
  for (const read of ['xml', 'bytes'] as const) {
    const others = bareConnections.map((connection, at) =>
      whole(
        connection,
        (scans[at] as Exchange[]).map(({ request }, number) => bare.request(request, number, read)),
      ),
    );
    const calls = { ours: 0, bare: 0 };
    const before = { ours: cpuSeconds(service.pid), bare: cpuSeconds(bare.pid) };
    const result = await alternately(
      ARGUMENTS.rounds,
      () => busyFor(ROUND_MS, ours, () => (calls.ours += model.length)),
      () => busyFor(ROUND_MS, others, () => (calls.bare += model.length)),
    );
    rows.push({
      revisions,
      calls: model.length,
      'requests MB': megabytes(model.map(({ request }) => request)),
      'answers MB': megabytes(model.map(({ answer }) => [answer.body])),
      'bare server': read === 'xml' ? 'reads the requests' : 'does not look at them',
      'ours/s': result.ours,
      'bare/s': result.bare,
      ratio: result.ratio,
      lowest: result.lowest,
      'service CPU ms/call': ((cpuSeconds(service.pid) - before.ours) * 1_000) / calls.ours,
      'bare CPU ms/call': ((cpuSeconds(bare.pid) - before.bare) * 1_000) / calls.bare,
      'service MiB': mebibytes(memory.peak().service),
      'all MiB': mebibytes(memory.peak().together),
    });
  }
  memory.stop();
  bare.stop();
  for (const connection of [...connections, ...bareConnections]) connection.close();
  await service.stop();
  return rows;
}

function whole(connection: Connection, requests: readonly (readonly Uint8Array[])[]): () => Promise<void> {
  return async () => {
    for (const request of requests) {
      const { status } = await connection.send(request);
      if (status !== 200) throw new Error(`status ${status}`);
    }
  };
}

function megabytes(messages: readonly (readonly Uint8Array[])[]): number {
  return messages.flat().reduce((sum, { length }) => sum + length, 0) / 1e6;
}
