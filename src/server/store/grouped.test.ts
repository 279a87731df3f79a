import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as later } from 'node:timers/promises';
import fc from 'fast-check';
import { grouped } from './grouped.ts';

it('does together what comes while earlier work is under way, and gives each its own outcome', async () => {
  const groups: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const double = grouped<number, number>(
    async (items) => {
      groups.push(items);
      await new Promise<void>((go) => gates.push(go));
      return items.map((item) => item * 2);
    },
    { most: 3, lanes: 1 },
  );
  const outcomes = Promise.all([1, 2, 3, 4, 5].map(double));
  while (groups.length < 3) {
    gates.shift()?.();
    await later();
  }
  gates.shift()?.();
  assert.deepEqual(await outcomes, [2, 4, 6, 8, 10]);
  assert.deepEqual(groups, [[1], [2, 3, 4], [5]]);
});

it('does at most as many groups at once as there are lanes', async () => {
  let atOnce = 0;
  let most = 0;
  const work = grouped<number, number>(
    async (items) => {
      most = Math.max(most, ++atOnce);
      await later();
      atOnce--;
      return items;
    },
    { most: 1, lanes: 2 },
  );
  await Promise.all(Array.from({ length: 10 }, (_, n) => work(n)));
  assert.equal(most, 2);
});

it('fails alone what cannot be done, whoever it was grouped with', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (good, most) => {
      const work = grouped<boolean, boolean>(
        async (items) => {
          await later();
          if (items.includes(false)) throw new Error('no');
          return items;
        },
        { most, lanes: 2 },
      );
      const outcomes = await Promise.allSettled(good.map(work));
      assert.deepEqual(
        outcomes.map(({ status }) => status === 'fulfilled'),
        good,
      );
    }),
    { numRuns: 50 },
  );
});
