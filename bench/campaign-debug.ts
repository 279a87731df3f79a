// A campaign over a large fleet: how long a sweep of the reconciler takes in each of its phases, how long a gate's decision, and whether
// memory stays flat over many sweeps. Usage: node bench/campaign.ts [--quick] [--json FILE] [--servers N] [--sweeps N]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { factsOver, update } from '#domain/decide/testing.ts';
import type { ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import { promote } from '#domain/rollout/promotion.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';
import { directory } from '#server/facts/directory.ts';
import { campaignEvidence } from '#server/jobs/campaigns/evidence.ts';
import { campaignOf } from '#server/jobs/campaigns/judge.ts';
import { sweepCampaigns } from '#server/jobs/campaigns/sweep.ts';
import { findCampaign, listSets, listUnderWay } from '#server/store/campaigns/campaigns.ts';
import { listGates } from '#server/store/campaigns/gates.ts';
import { listCustomers } from '#server/store/customers.ts';
import { startPostgres } from '#server/store/embedded/postgres.ts';
import { migrate } from '#server/store/migrate.ts';
import { createPool } from '#server/store/pool.ts';
import { putRolloutPlan } from '#server/store/rollout-plans.ts';
import { NO_ROWS } from '#server/testing/no-rows.ts';
import { MEASURED } from './support/catalogue.ts';
import { fillCustomers, customerId as idOf } from './support/fill.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';

const SERVERS = ARGUMENTS.one('servers', 10_000, 100_000);
const SWEEPS = ARGUMENTS.one('sweeps', 20, 60);
/** Before the lead of the window of 22 October 2023 in Zurich, in the lead, and in the window. */
const BEFORE = Temporal.Instant.from('2023-10-19T12:00:00Z');
const LEAD = Temporal.Instant.from('2023-10-20T12:00:00Z');
const WINDOW = Temporal.Instant.from('2023-10-22T00:30:00Z');
const CUMULATIVE = update(1);
/** Gates that pass within the measured time. */
const PLAN: RolloutPlan = {
  ...FOUR_WAVES,
  waves: FOUR_WAVES.waves.map((wave) => ({ ...wave, gate: { ...wave.gate, soakHours: 0, ownerTest: 'none' } })),
};

/** Readiness is looked up, and everything is ready. */
const NO_DEMANDS: ReadinessPolicy = {
  name: 'nothing',
  tiers: { critical: {}, high: {}, medium: {}, low: {}, unknown: {} },
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const folder = mkdtempSync(join(tmpdir(), 'second-tuesday-campaign-'));
chmodSync(folder, 0o755); // the database may run as another account
const postgres = await startPostgres({ dataDir: folder, settings: { log_min_duration_statement: '40', 'session_preload_libraries': 'auto_explain', 'auto_explain.log_min_duration': '400', 'auto_explain.log_analyze': 'on', 'auto_explain.log_timing': 'off', logging_collector: 'off' }, log: (l: unknown) => console.log('PG', String(typeof l === 'object' ? JSON.stringify(l) : l).slice(0, 4000)) });
const pool = createPool(postgres.connection, () => {});
try {
  await migrate(pool);
  await measure();
} finally {
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const customerId = idOf(1);
  await fillCustomers(pool, [{ customer: 1, first: 1, servers: SERVERS, system: MEASURED, plan: 'default' }], BEFORE);
  await fillFleet(customerId);
  const known = directory({
    ...NO_ROWS,
    customers: await listCustomers(pool),
    readinessPolicies: [{ customerId: null, policy: NO_DEMANDS }],
  });
  const facts = factsOver([CUMULATIVE]);
  const keeper = { current: () => facts, directory: () => known };
  const clock = { kind: 'simulated' } as const;
  const sweep = (at: Temporal.Instant) => sweepCampaigns({ pool, keeper, clock, wallNow: () => at }, at);

  const phases: Row[] = [];
  const phase = async (what: string, at: Temporal.Instant): Promise<void> => {
    const { seconds } = await timed(() => sweep(at));
    console.log('PHASE', what, seconds);
    phases.push({ phase: what, seconds, ...(await states()), 'rss MiB': mebibytes(process.memoryUsage.rss()) });
  };
  await phase('opened, the first servers placed', BEFORE);
  for (let n = 1; await isPlacing(); n += 1) await phase('more servers placed', BEFORE.add({ seconds: n }));
}
/** Servers of all tiers, environments and owners, a fifth of them in pairs; all need the one update. */
async function fillFleet(customerId: string): Promise<void> {
  await pool.query(
    `insert into service (server_guid, clock, simulated_at, config_changed)
     values (gen_random_uuid(), 'simulated', $1, $1)`,
    [String(BEFORE)],
  );
  await putRolloutPlan(pool, {
    ...{ customerId, plan: PLAN, who: 'bench', token: 'bench', why: 'bench', at: BEFORE },
    ...{ approvedBy: 'bench', approvedAt: BEFORE },
  });
  await pool.query(
    `insert into server (server_id, customer_id, client_id, dns_name, os_build, product_type, first_seen, last_seen, last_status)
     select md5('server ' || n)::uuid, $1, 'client-' || n, 'srv' || n || '.example.com', 17763, 3, $2, $2, $2
     from generate_series(1, $3::int) n`,
    [customerId, String(BEFORE.subtract({ hours: 20 })), SERVERS],
  );
  await pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, profile, groups, added_at, changed_at)
     select gen_random_uuid(), $1, 'srv' || n || '.example.com', md5('server ' || n)::uuid,
       jsonb_build_object('environment', case when n % 10 = 0 then 'test' else 'production' end,
         'tier', (array['low', 'medium', 'high', 'critical'])[1 + n % 4],
         'owner', jsonb_build_object('kind', 'team', 'name', 'Team ' || n % 500)),
       case when n % 10 < 2 then array['pair ' || n / 20] else '{}' end, $2, $2
     from generate_series(1, $3::int) n`,
    [customerId, String(BEFORE), SERVERS],
  );
  await pool.query(
    `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
     select server_id, customer_id, $1, 'needed', false, last_status, last_status from server`,
    [CUMULATIVE.updateId],
  );
  await pool.query(
    `insert into server_status (server_id, customer_id, at, event_instance_id, installed, applicable)
     select server_id, customer_id, last_status, gen_random_uuid(),
       (select array_agg(md5('update ' || n)::uuid) from generate_series(1, 100) n), 101 from server`,
  );
  await pool.query('vacuum analyze');
}

/** The agents of all servers that were told report that it is installed. */
async function installTold(at: Temporal.Instant): Promise<void> {
  await pool.query(
    `delete from server_update u using campaign_server m where m.server_id = u.server_id and m.state = 'told'`,
  );
  await pool.query(
    `update server_status t set at = $1, installed = installed || $2::uuid from campaign_server m
     where m.server_id = t.server_id and m.state = 'told'`,
    [String(at), CUMULATIVE.updateId],
  );
  await pool.query(
    `update server s set last_status = $1, last_seen = $1 from campaign_server m where m.server_id = s.server_id and m.state = 'told'`,
    [String(at)],
  );
}

async function isPlacing(): Promise<boolean> {
  const { rowCount } = await pool.query('select from campaign where placed_up_to is not null');
  return rowCount !== 0;
}

async function states(): Promise<Row> {
  const { rows } = await pool.query<{ state: string; servers: number }>(
    'select state, count(*) as servers from campaign_server group by state order by state',
  );
  const counts = Object.fromEntries(rows.map(({ state, servers }) => [state, servers]));
  return { waiting: counts.waiting ?? 0, told: counts.told ?? 0, verified: counts.verified ?? 0 };
}

async function gateDecision(customerId: string, at: Temporal.Instant): Promise<Row> {
  const [campaignId = ''] = await listUnderWay(pool, customerId);
  const campaign = await findCampaign(pool, campaignId);
  if (!campaign) throw new Error('there is no campaign');
  const set = await listSets(pool, [campaignId]);
  const times: number[] = [];
  for (let round = 0; round < ARGUMENTS.rounds; round += 1) {
    const { seconds } = await timed(async () => {
      const gates = await listGates(pool, campaignId);
      promote(campaignOf({ campaign, set }, gates), await campaignEvidence(pool, campaign, gates), at);
    });
    times.push(seconds * 1_000);
  }
  times.sort((a, b) => a - b);
  return { servers: SERVERS, 'median ms': times[times.length >> 1] ?? 0, 'slowest ms': times.at(-1) ?? 0 };
}

async function manySweeps(sweep: (at: Temporal.Instant) => Promise<void>, from: Temporal.Instant): Promise<Row[]> {
  const rows: Row[] = [];
  const times: number[] = [];
  for (let n = 0; n < SWEEPS; n += 1) {
    const at = from.add({ minutes: n });
    await pool.query(
      `update server set last_status = $1 where server_id in (select server_id from server tablesample system (1) limit 100)`,
      [String(at)],
    );
    times.push((await timed(() => sweep(at))).seconds);
    if ((n + 1) % Math.ceil(SWEEPS / 4) !== 0) continue;
    collect();
    const { heapUsed } = process.memoryUsage();
    const slowest = Math.max(...times.splice(0));
    rows.push({
      sweeps: n + 1,
      'slowest s': slowest,
      'heap MiB': mebibytes(heapUsed),
      'rss MiB': mebibytes(process.memoryUsage.rss()),
    });
  }
  return rows;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1_000, result };
}
