import { factsOver } from '#domain/decide/testing.ts';
import { directory } from '#server/facts/directory.ts';
import { sweepCampaigns } from '#server/jobs/campaigns/sweep.ts';
import { listCustomers } from '#server/store/customers.ts';
import { createPool } from '#server/store/pool.ts';
import { NO_ROWS } from '#server/testing/no-rows.ts';
import { CUMULATIVE, LATER, LEAD } from './fleet.ts';
import type { SweeperSettings } from './sweeper-process.ts';

const { database } = JSON.parse(process.argv[2] ?? '') as SweeperSettings;
const pool = createPool(database, () => {});
const known = directory({ ...NO_ROWS, customers: await listCustomers(pool) });
const facts = factsOver([CUMULATIVE, LATER]);
const keeper = { current: () => facts, directory: () => known };
const clock = { kind: 'simulated' } as const;
for (;;) await sweepCampaigns({ pool, keeper, clock, wallNow: () => LEAD }, LEAD);
