// The bare loop beside ReportEventBatch: the rows that a report leaves behind, one statement and one durable commit a report, without
// HTTP, XML, state, or chain. Started by report.ts over IPC.
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { customerId, serverId } from './fill.ts';

/** What it is started with, as JSON. */
export interface InsertLoop {
  readonly host: string;
  readonly connections: number;
  readonly servers: number;
  readonly customers: number;
  readonly installed: readonly string[];
  readonly needed: readonly string[];
}

const SQL = `with s as (update server set last_sync = $4, last_detection = $4, last_sync_result = 0, last_status = $4, pending_restart = false
    where server_id = $1),
  t as (insert into server_status (server_id, customer_id, at, event_instance_id, installed, applicable)
    values ($1, $2, $4, $3, $5, $6) on conflict (server_id) do update set at = excluded.at,
    event_instance_id = excluded.event_instance_id, installed = excluded.installed, applicable = excluded.applicable),
  u as (insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
    select $1, $2, id, 'needed', false, $4, $4 from unnest($7::uuid[]) id
    on conflict (server_id, update_id) do update set reported_at = excluded.reported_at),
  e as (insert into event (event_instance_id, server_id, customer_id, event_id, hresult, time_at_target, received_at, details)
    values ($8, $1, $2, 147, 0, $4, $4, $9), ($3, $1, $2, 156, 0, $4, $4, $9))
  insert into record (customer_id, number, at, clock, who, what, subject, facts, previous, hash)
  values ($10, $11, $4, 'simulated', $12, 'report', $13, $14, $15, $15)`;

const loop = JSON.parse(process.argv[2] ?? '') as InsertLoop;
const DETAILS = JSON.stringify({
  appName: 'AutomaticUpdatesWuApp',
  miscData: ['D=1', 'Q=1', 'G=10.0.17763.1', 'K=Virtual Machine', 'L=2022-02-02T00:00:00', 'c=7'],
  sourceId: 101,
  strings: ['1'],
});
/** A chain of its own, so that numbers never meet those of a customer. */
const RECORD_OWNER = randomUUID();
const HASH = createHash('sha256').update('bench').digest();
const START = Temporal.Instant.from('2026-01-08T06:00:00Z');

const clients = await Promise.all(
  Array.from({ length: loop.connections }, async () => {
    const client = new pg.Client({ host: loop.host, port: 5432, user: 'app', database: 'postgres' });
    await client.connect();
    return client;
  }),
);
let count = 0;
process.on('message', async (milliseconds: number) => {
  const start = performance.now();
  let done = 0;
  const work = async (client: pg.Client): Promise<void> => {
    while (performance.now() - start < milliseconds) {
      await insert(client, count++);
      done++;
    }
  };
  await Promise.all(clients.map(work));
  process.send?.((done * 1_000) / (performance.now() - start));
});
process.once('disconnect', () => process.exit());
process.send?.(0);

async function insert(client: pg.Client, number: number): Promise<void> {
  const server = 1 + (number % loop.servers);
  const customer = customerId(1 + (server % loop.customers));
  const at = START.add({ milliseconds: number }).toString();
  const [first, second] = [randomUUID(), randomUUID()];
  const said = HASH.toString('hex');
  const events = [first, second].map((event, index) => ({
    event,
    id: 147 + 9 * index,
    update: null,
    result: 0,
    at,
    said,
  }));
  await client.query({
    name: 'report',
    text: SQL,
    values: [
      serverId(server),
      customer,
      second,
      at,
      loop.installed,
      loop.installed.length + loop.needed.length,
      loop.needed,
      first,
      DETAILS,
      RECORD_OWNER,
      number,
      `agent ${serverId(server)}`,
      JSON.stringify({ serverId: serverId(server) }),
      JSON.stringify({ events }),
      HASH,
    ],
  });
}
