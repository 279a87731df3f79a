// Runs every benchmark of the service, one after the other, and writes their figures into one file; docs/performance.md is filled from it.
// Usage: node bench/all.ts [--quick] [--rounds N] [--out FILE] [--without load,…]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const BENCHMARKS = ['scan', 'first-scan', 'report', 'import', 'campaign', 'load'];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    out: { type: 'string', default: 'bench-results.json' },
    without: { type: 'string', default: '' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'second-tuesday-figures-'));
const figures: Record<string, unknown> = {};
for (const name of BENCHMARKS.filter((one) => !values.without.split(',').includes(one))) {
  const file = join(folder, `${name}.json`);
  const more = [...(values.quick ? ['--quick'] : []), ...(values.rounds ? ['--rounds', values.rounds] : [])];
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), '--json', file, ...more], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  figures[name] = status === 0 ? JSON.parse(readFileSync(file, 'utf8')) : `failed: ${status}`;
  if (status !== 0) process.exitCode = 1;
}
rmSync(folder, { recursive: true });

const [processor] = cpus();
const machine = {
  processor: processor?.model,
  processors: cpus().length,
  memoryMiB: Math.round(totalmem() / 2 ** 20),
  node: process.version,
};
const about = { machine, quick: values.quick, at: Temporal.Now.instant().toString({ smallestUnit: 'second' }) };
writeFileSync(values.out, `${JSON.stringify({ ...about, figures }, undefined, 2)}\n`);
console.log(`The figures are in ${values.out}.`);
