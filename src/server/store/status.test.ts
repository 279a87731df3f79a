import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type pg from 'pg';
import { freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId, sampleServer } from '#server/testing/sample.ts';
import { assignServer, findServer } from './servers.ts';
import {
  type AgentEvent,
  applyAgentEvents,
  countUpdateStates,
  findStatus,
  listServersOfUpdate,
  listServerUpdates,
} from './status.ts';

const RECEIVED = AT.add({ hours: 24 });
const [A, B, C] = [sampleId('a', 1), sampleId('a', 2), sampleId('a', 3)];
const FAILED = -2145124329;

let number = 0;
function event(serverId: string, minute: number, eventId: number, more: Partial<AgentEvent> = {}): AgentEvent {
  number++;
  const timeAtTarget = AT.add({ minutes: minute });
  const rest = { hresult: 0, timeAtTarget, receivedAt: RECEIVED, miscData: [], details: {} };
  return { eventInstanceId: sampleId('e', number), serverId, eventId, ...rest, ...more };
}
function report(serverId: string, minute: number, ...lists: string[]): AgentEvent {
  return event(serverId, minute, 156, {
    miscData: [...lists.map((list) => list.toUpperCase().replace(/^[GH]/, lower)), 'D=9'],
  });
}
function lower(tag: string): string {
  return tag.toLowerCase();
}
async function states(pool: pg.Pool, serverId: string): Promise<unknown> {
  const rows = await listServerUpdates(pool, serverId);
  return rows.map((row) => [row.updateId, row.state, row.provisional]);
}

it("replaces a server's sets with each status report", async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  await applyAgentEvents(pool, [event(server, 1, 147), report(server, 2, `U=${A};${B}`, `V=${C}`)]);
  assert.deepEqual(await states(pool, server), [
    [A, 'needed', false],
    [B, 'needed', false],
  ]);
  await applyAgentEvents(pool, [report(server, 3, `V=${A};${C}`, `W=${B}`, `g=`)]);
  assert.deepEqual(await states(pool, server), [[B, 'pending-restart', false]]);
  const [status] = await findStatus(pool, [server]);
  assert.deepEqual(
    [status?.installed, status?.applicable, String(status?.at)],
    [[A, C], 3, String(AT.add({ minutes: 3 }))],
  );
  const row = await findServer(pool, server);
  assert.deepEqual(
    [row?.pendingRestart, row?.lastSyncResult, String(row?.lastSync)],
    [true, 0, String(AT.add({ minutes: 1 }))],
  );
});

it('shows progress at once, with the error that the agent told of', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  await applyAgentEvents(pool, [
    event(server, 1, 162, { updateId: A }),
    event(server, 2, 182, { updateId: A, hresult: FAILED }),
  ]);
  assert.deepEqual(await states(pool, server), [[A, 'failed', true]]);
  await applyAgentEvents(pool, [report(server, 3, `g=${A}`)]);
  const [row] = await listServerUpdates(pool, server);
  assert.deepEqual([row?.state, row?.provisional, row?.hresult], ['failed', false, FAILED]);
  assert.equal(String(row?.since), String(AT.add({ minutes: 2 })));
  assert.deepEqual(
    (await listServersOfUpdate(pool, A, undefined, 5)).map((one) => one.serverId),
    [server],
  );
});

it('accepts each event once, in one batch or in several', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  const batch = [report(server, 1, `U=${A}`), event(server, 2, 183, { updateId: A })];
  assert.deepEqual(await applyAgentEvents(pool, [...batch, ...batch]), { stored: 2, repeated: 2, unknown: 0 });
  await applyAgentEvents(pool, [report(server, 3, `V=${A}`)]);
  assert.deepEqual(await applyAgentEvents(pool, batch), { stored: 0, repeated: 2, unknown: 0 });
  assert.deepEqual(await states(pool, server), []);
});

it('passes over events of servers that it does not know', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  const batch = [event(sampleId('f', 1), 1, 147), event(server, 1, 9999)];
  assert.deepEqual(await applyAgentEvents(pool, batch), { stored: 1, repeated: 0, unknown: 1 });
});

it('does not let a clock that runs ahead outvote later reports', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  const ahead = report(server, 0, `g=${A}`);
  await applyAgentEvents(pool, [{ ...ahead, timeAtTarget: Temporal.Instant.from('+275760-01-01T00:00:00Z') }]);
  await applyAgentEvents(pool, [{ ...report(server, 60 * 30, `U=${A}`), receivedAt: AT.add({ hours: 31 }) }]);
  assert.deepEqual(await states(pool, server), [[A, 'needed', false]]);
});

it('keeps what an agent said as evidence, hostile text included, without the lists', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  const hostile = {
    ...report(server, 1, `U=${A};junk`, `V=${B}`),
    details: { app: "x'; drop table event; --\0\ud800" },
  };
  await applyAgentEvents(pool, [hostile]);
  const { rows } = await pool.query('select details from event');
  assert.deepEqual(rows[0].details, {
    app: "x'; drop table event; --\ufffd\ufffd",
    miscData: ['D=9'],
    states: { needed: 1, installed: 1 },
    ignored: 1,
  });
});

it('keeps only the beginning of what is longer than any agent says', async (t) => {
  const pool = await freshDatabase(t);
  const server = await sampleServer(pool);
  const miscData = Array.from({ length: 5_000 }, (_, n) => `x${n}=${'y'.repeat(5_000)}`);
  await applyAgentEvents(pool, [event(server, 1, 147, { miscData })]);
  const { rows } = await pool.query<{ bytes: number }>('select octet_length(details::text) as bytes from event');
  assert.ok((rows[0]?.bytes ?? 0) < 64 * 1024, `${rows[0]?.bytes} bytes`);
});

it('counts servers by state, and moves them with their customer', async (t) => {
  const pool = await freshDatabase(t);
  const [one, two] = [await sampleCustomer(pool, 1), await sampleCustomer(pool, 2)];
  const servers = [await sampleServer(pool, 1, one), await sampleServer(pool, 2, one)];
  await applyAgentEvents(
    pool,
    servers.map((server) => report(server, 1, `U=${A}`)),
  );
  assert.deepEqual(await countUpdateStates(pool, one), [{ updateId: A, state: 'needed', servers: 2 }]);
  await assignServer(pool, servers[0] as string, two);
  assert.deepEqual(await countUpdateStates(pool, two), [{ updateId: A, state: 'needed', servers: 1 }]);
  assert.deepEqual(await countUpdateStates(pool), [{ updateId: A, state: 'needed', servers: 2 }]);
});

it('survives batches of the same servers at once', async (t) => {
  const pool = await freshDatabase(t);
  const servers = await Promise.all([1, 2, 3, 4].map((n) => sampleServer(pool, n)));
  const batches = Array.from({ length: 12 }, (_, round) =>
    servers.map((server) => report(server, round, round % 2 ? `U=${A}` : `W=${A};${B}`)),
  );
  const mixed = batches.map((batch, round) => (round % 2 ? batch.toReversed() : batch));
  const applied = await Promise.all(mixed.map((batch) => applyAgentEvents(pool, batch)));
  assert.equal(
    applied.reduce((sum, one) => sum + one.stored, 0),
    48,
  );
  for (const server of servers) assert.deepEqual(await states(pool, server), [[A, 'needed', false]]);
});

const anyEvent = fc.record({
  minute: fc.integer({ min: 0, max: 9 }),
  eventId: fc.constantFrom(147, 148, 156, 162, 182, 183, 201, 202),
  updateId: fc.constantFrom(A, B),
  hresult: fc.constantFrom(0, FAILED, 0x00240005),
  list: fc.constantFrom(`U=${A};${B}`, `W=${A}`, `V=${A};${B}`, `g=${B}`),
});

it('ends in the same state in whatever order and however often events arrive', async (t) => {
  const pool = await freshDatabase(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat(99)),
      async (all, dice) => {
        const first = await sampleServer(pool, ++run * 2);
        const second = await sampleServer(pool, run * 2 + 1);
        const events = all.map((one) =>
          one.eventId === 156 ? report(first, one.minute, one.list) : event(first, one.minute, one.eventId, one),
        );
        await applyAgentEvents(pool, events);
        const shuffled = events
          .map((one) => ({
            ...one,
            serverId: second,
            eventInstanceId: one.eventInstanceId.replace(/^e{8}/, 'ffffffff'),
          }))
          .map((one) => ({ one, place: dice.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place);
        for (const { one } of shuffled) await applyAgentEvents(pool, [one]);
        await applyAgentEvents(
          pool,
          shuffled.slice(0, 3).map(({ one }) => one),
        );
        assert.deepEqual(await outcome(pool, second), await outcome(pool, first));
      },
    ),
    { numRuns: 40 },
  );
});

async function outcome(pool: pg.Pool, serverId: string): Promise<string> {
  const [status] = await findStatus(pool, [serverId]);
  const server = await findServer(pool, serverId);
  const updates = (await listServerUpdates(pool, serverId)).map(({ serverId: _, since, ...rest }) => rest);
  const { lastSync, lastDetection, lastSyncResult, lastStatus, lastRestart, pendingRestart } = server ?? {};
  const said = { ...status, serverId: undefined };
  return JSON.stringify([
    said,
    updates,
    lastSync,
    lastDetection,
    lastSyncResult,
    lastStatus,
    lastRestart,
    pendingRestart,
  ]);
}
