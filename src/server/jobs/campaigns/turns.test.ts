import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  BEFORE,
  CUMULATIVE,
  campaignFleet,
  type Fleet,
  LATER,
  LEAD,
  NEXT_LEAD,
  twoWaves,
  WINDOW,
} from './testing/fleet.ts';

/** Servers of the pilot that need the cumulative update. */
async function pilots(fleet: Fleet, ...names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const serverId = await fleet.add(name, { environment: 'test' });
    await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
    ids.push(serverId);
  }
  return ids;
}

test('a wave has as many seats as its plan says, and one is free again when its server is verified', async (t) => {
  const plan = twoWaves();
  const waves = plan.waves.map((wave) => ({ ...wave, atOnce: { kind: 'servers', servers: 1 } as const }));
  const fleet = await campaignFleet(t, { ...plan, waves });
  const [one = '', two = ''] = await pilots(fleet, 'pilot1', 'pilot2');
  await fleet.sweep(BEFORE);
  await fleet.sweep(LEAD);
  assert.equal((await fleet.turn(one))?.state, 'told');
  assert.equal((await fleet.turn(two))?.held?.code, 'wave.seats');
  await fleet.installs(one, CUMULATIVE, LEAD);
  await fleet.sweep(LEAD);
  assert.equal((await fleet.turn(two))?.state, 'told');
});

test('a turn is for one window: who was not there waits for the next one', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [pilot = ''] = await pilots(fleet, 'pilot1');
  await fleet.sweep(LEAD);
  const told = (await fleet.turn(pilot))?.windowStart;
  await fleet.says(pilot, CUMULATIVE, 'needed', NEXT_LEAD);
  await fleet.sweep(NEXT_LEAD);
  const again = await fleet.turn(pilot);
  assert.equal(again?.state, 'told');
  assert.equal(String(again?.windowStart), String(told?.add({ hours: 24 * 7 })));
});

test('an installed update whose restart is still to come keeps its seat until a later boot is on record', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [pilot = ''] = await pilots(fleet, 'pilot1', 'pilot2');
  await fleet.sweep(LEAD);
  await fleet.says(pilot, CUMULATIVE, 'pending-restart', WINDOW);
  await fleet.sweep(WINDOW);
  assert.equal((await fleet.turn(pilot))?.state, 'told');
  const bootTold = (bootedAt: Temporal.Instant, at: Temporal.Instant) =>
    fleet.pool.query(
      `insert into server_report (server_id, at, report) values ($1, $2, jsonb_build_object('bootedAt', $3::text))
       on conflict (server_id) do update set at = excluded.at, report = excluded.report`,
      [pilot, String(at), String(bootedAt)],
    );
  await bootTold(LEAD, WINDOW.add({ minutes: 15 }));
  await fleet.installs(pilot, CUMULATIVE, WINDOW.add({ minutes: 20 }));
  await fleet.sweep(WINDOW.add({ minutes: 20 }));
  assert.equal((await fleet.turn(pilot))?.state, 'told', 'its settings task tells of no boot since');
  const restarted = WINDOW.add({ minutes: 25 });
  await bootTold(restarted, restarted);
  await fleet.pool.query('update server set last_status = $2 where server_id = $1', [pilot, String(restarted)]);
  await fleet.sweep(restarted);
  assert.equal((await fleet.turn(pilot))?.state, 'verified');
});

test('who is silent, paused, or not ready takes no seat, and says why', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [silent = '', critical = ''] = await pilots(fleet, 'silent1', 'critical1');
  await fleet.pool.query('update server set last_seen = $2 where server_id = $1', [
    silent,
    String(LEAD.subtract({ hours: 61 })),
  ]);
  await fleet.pool.query(`update machine set profile = profile || '{"tier":"critical"}' where server_id = $1`, [
    critical,
  ]);
  await fleet.sweep(LEAD);
  assert.match((await fleet.turn(silent))?.held?.text ?? '', /was not heard of since/);
  assert.match((await fleet.turn(critical))?.held?.text ?? '', /not ready.*backup/);
});

test('a silent server says so long before its next window, too', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [silent = ''] = await pilots(fleet, 'silent1');
  const heard = BEFORE.subtract({ hours: 61 });
  await fleet.pool.query('update server set last_seen = $2 where server_id = $1', [silent, String(heard)]);
  await fleet.sweep(BEFORE);
  assert.equal((await fleet.turn(silent))?.held?.text, `No turn: it was not heard of since ${heard}.`);
  await fleet.pool.query('update server set last_seen = $2 where server_id = $1', [silent, String(BEFORE)]);
  assert.match((await fleet.turn(silent))?.held?.text ?? '', /^It has no turn in /);
});

test('what goes before a server is verified first; a cycle goes one at a time', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const inventory = { environment: 'test' } as const;
  const names = {
    db: inventory,
    app: { ...inventory, needs: ['db'] },
    a: { ...inventory, needs: ['b'] },
    b: { ...inventory, needs: ['a'] },
  };
  const ids = new Map<string, string>();
  for (const [name, known] of Object.entries(names)) {
    const serverId = await fleet.add(name, known);
    ids.set(name, serverId);
    await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  }
  await fleet.sweep(LEAD);
  const codes = await Promise.all(
    [...ids].map(async ([name, id]) => {
      const turn = await fleet.turn(id);
      return [name, turn?.held?.code ?? turn?.state];
    }),
  );
  assert.deepEqual(codes, [
    ['db', 'told'],
    ['app', 'order.dependency'],
    ['a', 'told'],
    ['b', 'order.group'],
  ]);
});

test('an outstanding offer of another campaign holds the group, too', async (t) => {
  const fleet = await campaignFleet(t);
  const ids: string[] = [];
  for (const name of ['node1', 'node2']) ids.push(await fleet.add(name, { redundancyGroup: 'cluster' }));
  const [one = '', two = ''] = ids;
  await fleet.says(two, CUMULATIVE, 'needed', BEFORE);
  await fleet.pool.query(
    `insert into revision (update_id, revision_number, metadata, document_sha256, source, imported_at) values ($1, 200, '{}', '', 'test', $2)`,
    [LATER.updateId, String(BEFORE)],
  );
  await fleet.pool.query(
    'insert into offer (server_id, update_id, revision_id, told_at) select $1, $2, revision_id, $3 from revision',
    [one, LATER.updateId, String(BEFORE)],
  );
  await fleet.sweep(LEAD);
  const turn = await fleet.turn(two);
  assert.equal(turn?.held?.code, 'order.group');
  assert.match(turn?.held?.text ?? '', /node1/);
  await fleet.pool.query('update offer set withdrawn_at = $1', [String(LEAD)]);
  await fleet.sweep(LEAD);
  assert.equal((await fleet.turn(two))?.state, 'told');
});

test('a hook is asked before the turn, and holds it until its first step is done', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [pilot = ''] = await pilots(fleet, 'pilot1');
  const definition = {
    before: 'https://hooks.example/before',
    afterHours: 24,
    mostOpen: 5,
    timeoutSeconds: 10,
    attempts: 3,
  };
  await fleet.pool.query(
    'insert into hook (hook_id, customer_id, name, definition, changed_at) values ($1, $2, $3, $4, $5)',
    [randomUUID(), fleet.customerId, 'snapshot', definition, String(BEFORE)],
  );
  await fleet.sweep(LEAD);
  assert.equal((await fleet.turn(pilot))?.held?.code, 'wave.hook');
  const { rowCount } = await fleet.pool.query(
    `update hook_run set state = 'done', opened_at = $1 where server_id = $2`,
    [String(LEAD), pilot],
  );
  assert.equal(rowCount, 1);
  await fleet.sweep(LEAD);
  assert.equal((await fleet.turn(pilot))?.state, 'told');
});
