import assert from 'node:assert/strict';
import { it } from 'node:test';
import { demoService } from '../demo/demo-service.ts';
import { startServiceProcess } from '../demo/service-process.ts';
import { summarise, yearText } from './report.ts';
import { runYear, YEAR_BEGINS, type YearResult } from './run-year.ts';

/** `ST_YEAR=100x13x3`: servers, cycles and how many seeds; by default a fleet that is small enough for every run of the tests. */
const [servers = 10, cycles = 13, seeds = 1] = (process.env.ST_YEAR ?? '').split('x').filter(Boolean).map(Number);

for (let seed = 1; seed <= seeds; seed++) {
  it(`${servers} random servers over ${cycles} cycles: nothing unexplained, and with the settings task nothing outside that it can help (seed ${seed})`, {
    timeout: seeds * servers * cycles * 20_000,
  }, async () => {
    const result = await live(`year ${seed}`);
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

async function live(seed: string): Promise<YearResult> {
  const running = await startServiceProcess(YEAR_BEGINS);
  const service = demoService(running);
  try {
    return await runYear(service, { servers, cycles, seed, task: 'half' });
  } finally {
    service.http.close();
    await running.stop();
  }
}
