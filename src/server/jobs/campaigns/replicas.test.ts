import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { createPool } from '#server/store/pool.ts';
import { verifyRecord } from '#server/store/record.ts';
import { createRandom } from '#simulator/agent/random.ts';
import { sweepCampaigns } from './sweep.ts';
import { BEFORE, CUMULATIVE, campaignFleet, type Fleet, LEAD, twoWaves } from './testing/fleet.ts';
import { type SweeperProcess, startSweeper } from './testing/sweeper-process.ts';

const SEATS = 4;

/** Servers in pairs of which one at a time may go, all in one wave of a few seats. */
async function pairs(t: TestContext, count: number): Promise<Fleet> {
  const fleet = await campaignFleet(t, {
    ...twoWaves(),
    waves: twoWaves().waves.map((wave) => ({ ...wave, atOnce: { kind: 'servers', servers: SEATS } })),
  });
  for (let n = 0; n < count; n += 1) {
    const inventory = { environment: 'test', redundancyGroup: `pair${n >> 1}` } as const;
    await fleet.says(await fleet.add(`srv${n}`, inventory), CUMULATIVE, 'needed', BEFORE);
  }
  // With the settings task the members of a group need no night each.
  await fleet.pool.query('update server set settings_at = $1', [String(LEAD)]);
  return fleet;
}

/** What the record says in all: how many servers were told, and how many verified. */
async function onRecord({ pool }: Fleet): Promise<{ told: number; verified: number; campaigns: number }> {
  const { rows } = await pool.query(
    `select coalesce(sum((facts -> 'told' ->> 'servers')::int), 0)::int as told,
       coalesce(sum((facts -> 'verified' ->> 'servers')::int), 0)::int as verified,
       count(*) filter (where what = 'campaign.gathered')::int as campaigns from record`,
  );
  return rows[0];
}

async function checkSeats({ pool }: Fleet): Promise<string[]> {
  const { rows } = await pool.query<{ serverId: string; pair: string }>(
    `select m.server_id as "serverId", p.groups[1] as pair from campaign_server m join machine p using (server_id)
     where m.state in ('told', 'failed')`,
  );
  assert.ok(rows.length <= SEATS, `${rows.length} hold seats`);
  assert.equal(new Set(rows.map(({ pair }) => pair)).size, rows.length, 'two of a pair hold seats');
  return rows.map(({ serverId }) => serverId);
}

/** Resolves when a statement waits for a lock of another one. */
async function someoneWaits({ pool }: Fleet): Promise<void> {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await pool.query(waits)).rowCount === 0) await after(20);
}

test('a campaign that somebody changes now is not gathered a second time', async (t) => {
  const fleet = await pairs(t, 2);
  await fleet.sweep(BEFORE);
  const person = await fleet.pool.connect();
  await person.query('begin');
  await person.query('select from campaign for update');
  const swept = fleet.sweep(LEAD);
  await Promise.race([swept, someoneWaits(fleet)]);
  await person.query(
    `update campaign set state = 'stopped', before_stop = 'gathering', stopped_at = $1,
    stopped_by = 'jo', stopped_why = 'a test'`,
    [String(LEAD)],
  );
  await person.query('commit');
  person.release();
  await swept;
  const { rows } = await fleet.pool.query('select state from campaign');
  assert.deepEqual(rows, [{ state: 'stopped' }]);
});

test('two processes that sweep at the same instant do together what one would do', async (t) => {
  const fleet = await pairs(t, 12);
  const other = createPool({ ...fleet.pool.options, password: undefined }, () => {});
  t.after(() => other.end());
  await Promise.all([
    sweepCampaigns(fleet.options, LEAD),
    sweepCampaigns({ ...fleet.options, pool: other }, LEAD),
    sweepCampaigns({ ...fleet.options, pool: other }, LEAD),
  ]);
  await fleet.sweep(LEAD);
  assert.equal((await checkSeats(fleet)).length, SEATS);
  assert.deepEqual(await onRecord(fleet), { told: SEATS, verified: 0, campaigns: 1 });
});

test('a replica that is killed in the middle loses and doubles nothing', async (t) => {
  const servers = 40;
  const fleet = await pairs(t, servers);
  const random = createRandom('campaign kills');
  const replicas: SweeperProcess[] = [startSweeper(fleet.pool), startSweeper(fleet.pool)];
  try {
    await untilVerified(fleet, servers, replicas, random);
  } finally {
    for (const replica of replicas) await replica.kill9();
  }
  assert.deepEqual(await onRecord(fleet), { told: servers, verified: servers, campaigns: 1 });
  assert.equal((await verifyRecord(fleet.pool, fleet.customerId)).ok, true);
});

/** Agents install what they are told, and now and then one of the replicas is killed and another one started. */
async function untilVerified(
  fleet: Fleet,
  servers: number,
  replicas: SweeperProcess[],
  random: ReturnType<typeof createRandom>,
): Promise<void> {
  for (let kills = 0; (await onRecord(fleet)).verified < servers; ) {
    const told = await checkSeats(fleet);
    for (const serverId of told) await fleet.installs(serverId, CUMULATIVE, LEAD);
    await after(random.between(5, 60));
    if (kills >= 8 || told.length === 0) continue;
    const victim = kills % 2;
    await replicas[victim]?.kill9();
    replicas[victim] = startSweeper(fleet.pool);
    kills += 1;
  }
}
