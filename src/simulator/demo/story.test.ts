import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runStory } from './testing/run-story.ts';

const OCTOBER = { servers: 33, seed: 'october', to: Temporal.Instant.from('2023-11-09T12:00:00Z') };

const LONG = { timeout: 900_000 };

it(
  'October 2023 on 33 servers breaks no rule, and everything due is installed or has a coded reason',
  LONG,
  async () => {
    await runStory(OCTOBER, [], ({ settlement, table, told }) => {
      assert.deepEqual(settlement.violations, []);
      const { due, installed, excused } = settlement;
      assert.ok(installed > 100, `only ${installed} of ${due}`);
      assert.equal(installed + excused.length, due);
      const codes = new Set(excused.map(({ code }) => code));
      for (const code of ['mode.observe', 'mode.no-plan', 'mode.unassigned']) assert.ok(codes.has(code), code);
      const managed = table.filter(({ customer }) => customer !== '(unassigned)');
      assert.equal(managed.length, 4);
      for (const row of managed) {
        assert.equal(row.servers, row.inWeek + row.later + row.failed + row.notManaged, row.customer);
        assert.ok(row.inWeek > row.later + row.failed, row.customer);
      }
      tellsOfEverything(told.join('\n'));
    });
  },
);

const OF_WAVES = ['was stopped', 'gives another turn', 'No backup is on record', 'went in its next window'];

function tellsOfEverything(told: string): void {
  for (const part of [
    'Patch Tuesday',
    'out-of-band',
    '0x80070643',
    '0x80070070',
    'feature upgrade',
    'only observed',
    ...OF_WAVES,
  ]) {
    assert.ok(told.includes(part), `nothing is told of: ${part}`);
  }
  assert.match(told, /one after the other \(UTC\): dc\d\S+ was down [\d:]+ to [\d:]+; dc\d\S+ was down/);
}
