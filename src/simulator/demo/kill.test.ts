import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '#server/store/open.ts';
import { createRandom } from '../agent/random.ts';
import { cycleTable } from './cycle-table.ts';
import type { Kill } from './testing/disturbed-service.ts';
import { runStory, type StoryRun } from './testing/run-story.ts';

/** Until the primary windows of the early and the default week are over. */
const TWO_WEEKS = { servers: 33, seed: 'october', to: Temporal.Instant.from('2023-10-26T00:00:00Z') };

/** Two stories, one after the other. */
const LONG = { timeout: 900_000 };

describe('service and database killed with SIGKILL on the way', LONG, () => {
  let undisturbed: Outcome | undefined;
  let requests = 0;

  it('an undisturbed run to compare with breaks no rule', LONG, async () => {
    await runStory(TWO_WEEKS, [], (run) => {
      undisturbed = outcomeOf(run);
      requests = run.service.requests();
      assert.deepEqual(undisturbed.broken, []);
      assert.ok(undisturbed.installed.length > 50);
    });
  });

  for (let seed = 1; seed <= Number(process.env.ST_KILL_RUNS ?? 1); seed++) {
    it(`loses no acknowledged report and changes no outcome (seed ${seed})`, LONG, async (t) => {
      if (undisturbed === undefined) return t.skip('there is nothing to compare with');
      const kills = killsOf(seed, requests);
      await runStory(TWO_WEEKS, kills, async (run) => {
        assert.equal(run.service.restarts(), kills.length, `killed at ${JSON.stringify(kills)}`);
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
  readonly broken: readonly string[];
  /** The story ends before the follow-up windows of servers that missed their first one. */
  readonly open: readonly string[];
}

function outcomeOf({ settlement, evidence }: StoryRun): Outcome {
  const pairs = evidence.servers.flatMap(({ dnsName }) =>
    [...evidence.updates.keys()]
      .filter((updateId) => evidence.ledger.installedAt(dnsName, updateId) !== undefined)
      .map((updateId) => `${dnsName} ${updateId}`),
  );
  const named = settlement.violations.map(({ rule, server, update }) => `${rule} ${server} ${update?.updateId}`).sort();
  return {
    table: cycleTable(evidence, settlement, ['2023-10']).map(({ medianDays: _, ...row }) => row),
    installed: pairs.sort(),
    excused: settlement.excused.map(({ server, update, code }) => `${server} ${update.updateId} ${code}`).sort(),
    broken: named.filter((text) => !text.startsWith('due-not-installed')),
    open: named.filter((text) => text.startsWith('due-not-installed')),
  };
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
    assert.ok(service.acknowledged.size > 500);
    return [...service.acknowledged].filter((id) => !stored.has(id));
  } finally {
    await store.close();
  }
}
