import assert from 'node:assert/strict';
import { it } from 'node:test';
import { demoService } from '../demo/demo-service.ts';
import { startServiceProcess } from '../demo/service-process.ts';
import { summarise, yearText } from './report.ts';
import { runYear, YEAR_BEGINS, type YearOptions, type YearResult } from './run-year.ts';

/** `ST_YEAR=100x13x3`: servers, cycles and how many seeds; by default a fleet that is small enough for every run of the tests. */
const [servers = 10, cycles = 13, seeds = 1] = (process.env.ST_YEAR ?? '').split('x').filter(Boolean).map(Number);

for (let seed = 1; seed <= seeds; seed++) {
  it(`${servers} random servers over ${cycles} cycles: nothing unexplained, and with the settings task nothing outside that it can help (seed ${seed})`, {
    timeout: seeds * servers * cycles * 20_000,
  }, async () => {
    const result = await live({ servers, cycles, seed: `year ${seed}` });
    const text = yearText(result);
    for (const withTask of [true, false]) {
      const summary = summarise(result, withTask);
      assert.deepEqual(summary.violations, [], text);
      assert.ok(summary.inside > (summary.servers * cycles) / 2, text);
      const reasons = Object.values(summary.withReason).reduce((sum, count) => sum + count, 0);
      assert.equal(summary.installed + reasons, summary.due, text);
      assert.ok(summary.installed > reasons, text);
    }
  });
}

it('with waves and redundancy groups nobody goes before the pilots, and no two of a group together', {
  timeout: 900_000,
}, async () => {
  const result = await live({ servers: 8, cycles: 2, seed: 'order', order: true });
  const text = yearText(result);
  assert.deepEqual(result.orderBroken, [], text);
  const inOrder = [true, false].map((withTask) => summarise(result, withTask));
  for (const { violations } of inOrder) assert.deepEqual(violations, [], text);
  const codes = inOrder.flatMap(({ withReason }) => Object.keys(withReason));
  assert.ok(
    result.installations.some(({ placement }) => placement === 'window'),
    text,
  );
  assert.ok(result.counts.restarts > 5 || codes.some((code) => /^(wave|order)\./.test(code)), text);
});

async function live(options: Omit<YearOptions, 'task'>): Promise<YearResult> {
  const running = await startServiceProcess(YEAR_BEGINS);
  const service = demoService(running);
  try {
    return await runYear(service, { task: 'half', ...options });
  } finally {
    service.http.close();
    await running.stop();
  }
}
