import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type pg from 'pg';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { factsOver, update } from '#domain/decide/testing.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Gate, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { directory } from '#server/facts/directory.ts';
import { sweepCampaigns } from '#server/jobs/campaigns/sweep.ts';
import type { CampaignOptions } from '#server/jobs/campaigns/work.ts';
import { listTurns, type TurnRow } from '#server/store/campaigns/turns.ts';
import { listCustomers } from '#server/store/customers.ts';
import { putRolloutPlan } from '#server/store/rollout-plans.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { NO_ROWS } from '#server/testing/no-rows.ts';
import { sampleCustomer } from '#server/testing/sample.ts';

/** Before the lead of the window, in it, in the window (02:00–06:00 in Zurich on 22 October 2023), and after it. */
export const BEFORE = Temporal.Instant.from('2023-10-19T12:00:00Z');
export const LEAD = Temporal.Instant.from('2023-10-20T12:00:00Z');
export const WINDOW = Temporal.Instant.from('2023-10-22T00:30:00Z');
export const AFTER = Temporal.Instant.from('2023-10-22T08:00:00Z');
/** In the lead of the window a week later. */
export const NEXT_LEAD = Temporal.Instant.from('2023-10-27T12:00:00Z');

export const CUMULATIVE: Revision = update(1);
export const LATER: Revision = update(2, { title: '2023-10 Update for .NET Framework (KB502)' });

const OPEN_GATE: Gate = {
  minVerified: 1,
  minPercent: 0,
  maxFailures: 0,
  soakHours: 0,
  noIncident: true,
  ownerTest: 'none',
  go: false,
  tell: [],
};

/** A pilot by environment, then the rest. */
export function twoWaves(gate: Partial<Gate> = {}): RolloutPlan {
  return {
    name: 'two-waves',
    kinds: ['cumulative', 'dotnet'],
    waves: [
      { name: 'pilot', title: 'Pilot', atOnce: { kind: 'all' }, gate: { ...OPEN_GATE, ...gate } },
      { name: 'rest', title: 'The rest', atOnce: { kind: 'all' }, gate: OPEN_GATE },
    ],
    placement: [
      { wave: 'pilot', when: { environment: ['test'] } },
      { wave: 'rest', when: {} },
    ],
    twoPersons: false,
  };
}

/** A customer's servers on the default plan, whose agents say what a test lets them say. */
export interface Fleet {
  readonly pool: pg.Pool;
  readonly customerId: string;
  readonly options: CampaignOptions;
  /** The facts that sweeps go by from now on. */
  setFacts(facts: Facts): void;
  add(name: string, inventory?: Inventory): Promise<string>;
  sweep(at: Temporal.Instant): Promise<void>;
  /** Its agent says at an instant how an update stands. */
  says(
    serverId: string,
    update: Revision,
    state: 'needed' | 'failed' | 'pending-restart',
    at: Temporal.Instant,
  ): Promise<void>;
  /** Its agent reports an update as installed, with nothing more to do. */
  installs(serverId: string, update: Revision, at: Temporal.Instant): Promise<void>;
  turn(serverId: string, at?: Temporal.Instant): Promise<TurnRow | undefined>;
}

export async function campaignFleet(t: TestContext, plan?: RolloutPlan): Promise<Fleet> {
  const pool = await freshDatabase(t);
  const customerId = await sampleCustomer(pool);
  await pool.query(`update customer set plan = 'default' where customer_id = $1`, [customerId]);
  await pool.query(
    `insert into service (server_guid, clock, simulated_at, config_changed) values ($1, 'simulated', $2, $2)`,
    [randomUUID(), String(BEFORE)],
  );
  if (plan) {
    const by = { who: 'ann', token: 'ann', why: 'a test', at: BEFORE, approvedBy: 'ann', approvedAt: BEFORE };
    await putRolloutPlan(pool, { customerId, plan, ...by });
  }
  const known = directory({ ...NO_ROWS, customers: await listCustomers(pool) });
  let facts = factsOver([CUMULATIVE, LATER]);
  const options: CampaignOptions = {
    pool,
    keeper: { current: () => facts, directory: () => known },
    clock: { kind: 'simulated' },
    wallNow: () => BEFORE,
  };
  return {
    pool,
    customerId,
    options,
    setFacts(next) {
      facts = next;
    },
    add: (name, inventory = {}) => addServer(pool, customerId, name, inventory),
    sweep: (at) => sweepCampaigns(options, at),
    says: (serverId, { updateId }, state, at) => says(pool, serverId, updateId, state, at),
    installs: (serverId, { updateId }, at) => installs(pool, serverId, updateId, at),
    turn: async (serverId, at = BEFORE) => (await listTurns(pool, [serverId], at)).get(serverId)?.[0],
  };
}

async function addServer(pool: pg.Pool, customerId: string, name: string, inventory: Inventory): Promise<string> {
  const serverId = randomUUID();
  await pool.query(
    `insert into server (server_id, customer_id, client_id, dns_name, os_build, product_type, first_seen, last_seen)
     values ($1, $2, $3, $4, 17763, 3, $5, $5)`,
    [serverId, customerId, `client-${name}`, name, String(BEFORE)],
  );
  await pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, profile, groups, added_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [randomUUID(), customerId, name, serverId, JSON.stringify(inventory), groupsOf(inventory, name), String(BEFORE)],
  );
  await pool.query('update service set inventory_version = inventory_version + 1');
  return serverId;
}

async function says(
  pool: pg.Pool,
  serverId: string,
  updateId: string,
  state: string,
  at: Temporal.Instant,
): Promise<void> {
  await pool.query(
    `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
     select server_id, customer_id, $2, $3, false, $4, $4 from server where server_id = $1
     on conflict (server_id, update_id) do update set state = excluded.state, reported_at = excluded.reported_at`,
    [serverId, updateId, state, String(at)],
  );
  if (state === 'failed') await addEvent(pool, serverId, updateId, 182, -2147024894, at);
  if (state === 'pending-restart') await addEvent(pool, serverId, updateId, 184, 0, at);
  await reports(pool, serverId, at);
}

async function addEvent(
  pool: pg.Pool,
  serverId: string,
  updateId: string,
  eventId: number,
  hresult: number,
  at: Temporal.Instant,
): Promise<void> {
  await pool.query(
    `insert into event (event_instance_id, server_id, customer_id, event_id, update_id, hresult, time_at_target, received_at, details)
     select $2, server_id, customer_id, $4, $3, $5, $6, $6, '{}' from server where server_id = $1`,
    [serverId, randomUUID(), updateId, eventId, hresult, String(at)],
  );
}

async function installs(pool: pg.Pool, serverId: string, updateId: string, at: Temporal.Instant): Promise<void> {
  await pool.query('delete from server_update where server_id = $1 and update_id = $2', [serverId, updateId]);
  await reports(pool, serverId, at, updateId);
}

/** A scan with its status report. */
async function reports(pool: pg.Pool, serverId: string, at: Temporal.Instant, installed?: string): Promise<void> {
  await pool.query(
    `insert into server_status as t (server_id, customer_id, at, event_instance_id, installed, applicable)
     select server_id, customer_id, $2, $3, array_remove(array[$4::uuid], null), 1 from server where server_id = $1
     on conflict (server_id) do update set at = excluded.at, installed = t.installed || excluded.installed`,
    [serverId, String(at), randomUUID(), installed],
  );
  await pool.query('update server set last_seen = $2, last_sync = $2, last_status = $2 where server_id = $1', [
    serverId,
    String(at),
  ]);
}
