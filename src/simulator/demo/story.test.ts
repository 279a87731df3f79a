import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '#server/store/open.ts';
import { createRandom } from '../agent/random.ts';
import type { Kill } from './testing/disturbed-service.ts';
import { runStory, type StoryRun } from './testing/run-story.ts';

const SMALL = { servers: 24, seed: 'october', to: Temporal.Instant.from('2023-11-09T12:00:00Z') };

describe('the story of October 2023 on 24 servers', () => {
  let undisturbed: Outcome | undefined;
  let requests = 0;

  it('breaks no rule, and everything due is installed or has a coded reason', async () => {
    await runStory(SMALL, [], (run) => {
      assert.deepEqual(run.settlement.violations, []);
      const { due, installed, excused } = run.settlement;
      assert.ok(installed > 100, `only ${installed} of ${due}`);
      assert.equal(installed + excused.length, due);
      const codes = new Set(excused.map(({ code }) => code));
      for (const code of ['mode.observe', 'mode.no-plan', 'mode.unassigned']) assert.ok(codes.has(code), code);
      const managed = run.table.filter(({ customer }) => customer !== '(unassigned)');
      assert.equal(managed.length, 3);
      for (const row of managed) {
        assert.equal(row.servers, row.inWeek + row.later + row.failed + row.notManaged, row.customer);
        assert.ok(row.inWeek > row.later + row.failed, row.customer);
      }
      tellsOfEverything(run.told.join('\n'));
      undisturbed = outcomeOf(run);
      requests = run.service.requests();
    });
  });

  for (let seed = 1; seed <= Number(process.env.ST_KILL_RUNS ?? 1); seed++) {
    it(`ends in the same way when service and database are killed on the way (seed ${seed})`, async (t) => {
      if (undisturbed === undefined) return t.skip('there is nothing to compare with');
      const kills = killsOf(seed, requests);
      await runStory(SMALL, kills, async (run) => {
        assert.equal(run.service.restarts(), kills.length, `killed at ${JSON.stringify(kills)}`);
        assert.deepEqual(run.settlement.violations, []);
        assert.deepEqual(outcomeOf(run), undisturbed);
        assert.deepEqual(await lostReports(run), []);
      });
    });
  }
});

/** What must be the same whatever happened on the way: which server has what, and how its customer stands. */
interface Outcome {
  readonly table: readonly object[];
  readonly installed: readonly string[];
  readonly excused: readonly string[];
}

function outcomeOf({ table, settlement, evidence }: StoryRun): Outcome {
  const pairs = evidence.servers.flatMap(({ dnsName }) =>
    [...evidence.updates.keys()]
      .filter((updateId) => evidence.ledger.installedAt(dnsName, updateId))
      .map((id) => `${dnsName} ${id}`),
  );
  return {
    table: table.map(({ medianDays: _, ...row }) => row),
    installed: pairs.sort(),
    excused: settlement.excused.map(({ server, update, code }) => `${server} ${update.updateId} ${code}`).sort(),
  };
}

function tellsOfEverything(told: string): void {
  for (const part of ['Patch Tuesday', 'out-of-band', '0x80070643', '0x80070070', 'feature upgrade', 'only observed']) {
    assert.ok(told.includes(part), `nothing is told of: ${part}`);
  }
}

/** Three kills of the service and two of its database, well apart, between the first and the last tenth of the requests. */
function killsOf(seed: number, requests: number): readonly Kill[] {
  const random = createRandom(`kills ${seed}`);
  const kinds = random.shuffle<Kill['what']>(['service', 'service', 'service', 'database', 'database']);
  const part = (requests * 0.8) / kinds.length;
  return kinds.map((what, index) => ({
    what,
    atRequest: Math.floor(requests * 0.1 + part * (index + 0.8 * random.fraction())),
  }));
}

/** Events that were acknowledged, but are not in the store. */
async function lostReports({ service, process }: StoryRun): Promise<readonly string[]> {
  const store = await openStore({ dataDir: process.dataDir, onConnectionLost: () => {}, onServerLost: () => {} });
  try {
    const { rows } = await store.pool.query<{ id: string }>('select event_instance_id as id from event');
    const stored = new Set(rows.map(({ id }) => id));
    assert.ok(service.acknowledged.size > 1000);
    return [...service.acknowledged].filter((id) => !stored.has(id));
  } finally {
    await store.close();
  }
}
