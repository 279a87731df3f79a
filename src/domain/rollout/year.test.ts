import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { END, fleets, type ModelFleet } from '#domain/rollout/testing/model-fleet.ts';
import { DAY, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { UPDATES } from '#domain/rollout/testing/model-updates.ts';
import { playYear, type Year } from '#domain/rollout/testing/model-year.ts';
import { whyOwnedByNobody } from '#domain/rollout/testing/owned.ts';

// The proof of the rollout: random fleets, a year of cycles, every fault that a fleet has. The real decision and the real rules move it; the
// laws look at what the machines really do. A failure prints its seed and path: give them to `fc.assert`, without `endOnFailure`, to see it
// made smaller, which takes minutes.

// The 300 fleets of each day are the same ones, so that a red build is somebody's change; the 10,000 on demand are new each time.

const isExhaustive = process.env.ST_EXHAUSTIVE === '1';
const RUNS = isExhaustive ? 10_000 : 300;
const PARTS = [1, 2, 3, 4, 5, 6] as const;
const seeded = (part: number) => (isExhaustive ? {} : { seed: part });
/** Of so many runs one more is calm. */
const CALM_SHARE = 6;

function brokenIn({ broken, world, open }: Year): readonly string[] {
  const nobodys = open.flatMap(({ agent, update }) => whyOwnedByNobody(world, agent.record, update, END) ?? []);
  return [...broken, ...nobodys];
}

for (const part of PARTS) {
  test(`no year breaks a law, and what is open at its end has an owner (part ${part})`, () => {
    fc.assert(
      fc.property(fleets({ calm: false }), (fleet) => {
        assert.deepEqual(brokenIn(playYear(fleet)), []);
      }),
      { numRuns: Math.ceil(RUNS / PARTS.length), endOnFailure: true, ...seeded(part) },
    );
  });
}

/** Whether an update came out so long ago that a calm fleet has it: three cycles, in which chains and waves have gone round. */
function isOld(id: string): boolean {
  return UPDATES.some(({ updateId, published }) => updateId === id && END - minuteOf(published) > 100 * DAY);
}

function placed({ rollout }: ModelFleet): boolean {
  return rollout.placement.some(({ when }) => Object.keys(when).length === 0);
}

test('where nothing goes wrong everything is installed and verified, cycle after cycle', () => {
  fc.assert(
    fc.property(fleets({ calm: true }).filter(placed), (fleet) => {
      const year = playYear(fleet);
      assert.deepEqual(brokenIn(year), []);
      const late = year.open.filter(({ update }) => isOld(update));
      assert.deepEqual(
        late.map(({ agent, update }) => `${agent.record.server.name} ${update}`),
        [],
      );
      assert.ok([...year.world.agents.values()].every(({ installed }) => installed.size > 0));
    }),
    { numRuns: Math.ceil(RUNS / CALM_SHARE), endOnFailure: true, ...seeded(0) },
  );
});
