// A random fleet against a service of its own, for as many cycles as asked for:
//   node src/simulator/year/main.ts --servers 100 --cycles 13 --seed a --task half --order
import { parseArgs } from 'node:util';
import { demoService } from '../demo/demo-service.ts';
import { startServiceProcess } from '../demo/service-process.ts';
import { summarise, yearText } from './report.ts';
import { MOST_CYCLES, runYear, YEAR_BEGINS } from './run-year.ts';
import { TASK_SHARES } from './year-fleet.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '12' },
    cycles: { type: 'string', default: '13' },
    seed: { type: 'string', default: 'year' },
    task: { type: 'string', default: 'half' },
    order: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const servers = whole('--servers', values.servers, 10_000);
const cycles = whole('--cycles', values.cycles, MOST_CYCLES);
const task = TASK_SHARES.find((share) => share === values.task);
if (task === undefined) throw new Error(`--task: ${values.task} is none of ${TASK_SHARES.join(', ')}`);
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
const running = await startServiceProcess(YEAR_BEGINS);
const service = demoService(running);
try {
  const began = performance.now();
  const result = await runYear(service, {
    servers,
    cycles,
    seed: values.seed,
    task,
    order: values.order,
    signal: stopping.signal,
    say: (text) => void process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0)} s  ${text}\n`),
  });
  const summaries = { withTask: summarise(result, true), withoutTask: summarise(result, false) };
  console.log(values.json ? JSON.stringify(summaries) : yearText(result));
  const broken =
    summaries.withTask.violations.length + summaries.withoutTask.violations.length + result.orderBroken.length;
  process.exitCode = broken === 0 ? 0 : 1;
} finally {
  service.http.close();
  await running.stop();
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name}: ${text} is not a whole number from 1 to ${most}`);
}
