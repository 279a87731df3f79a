// Import of update documents, durable, beside only reading the same documents with the same XML reader. The mix: so many documents of some
// 2.6 KB, and one of 40 MB as the largest cumulative updates are.
// Usage: node bench/import.ts [--quick] [--json FILE] [--documents N,…] [--large MEGABYTES] [--rounds N]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ImportMix } from './support/import-worker.ts';
import { ARGUMENTS, mebibytes, type Row, table } from './support/results.ts';
import { alternately } from './support/rounds.ts';
import { startService } from './support/service.ts';
import { peakResident, watchMemory } from './support/usage.ts';

const LARGE = ARGUMENTS.one('large', 4, 40) * 1e6;
const ROUNDS = Math.min(ARGUMENTS.rounds, 3);

const service = await startService({});
const memory = watchMemory(service);
const rows: Row[] = [];
for (const documents of ARGUMENTS.list('documents', [500], [5_000, 20_000])) {
  rows.push(await measure({ documents, large: LARGE }));
  rows.push(await measure({ documents, large: 0 }));
}
rows.push(await measure({ documents: 100, large: LARGE }));
memory.stop();
await service.stop();
table('Import', rows);

async function measure(mix: Omit<ImportMix, 'host'>): Promise<Row> {
  const settings: ImportMix = { host: service.pool.options.host as string, ...mix };
  const child = fork(join(import.meta.dirname, 'support', 'import-worker.ts'), [JSON.stringify(settings)]);
  const [bytes] = (await once(child, 'message')) as [number];
  const run = async (what: 'import' | 'read') => {
    child.send(what);
    const [perSecond] = (await once(child, 'message')) as [number];
    return { perSecond };
  };
  const result = await alternately(
    ROUNDS,
    () => run('import'),
    () => run('read'),
  );
  const importer = peakResident(child.pid as number);
  child.disconnect();
  return {
    documents: mix.documents,
    'large MB': mix.large / 1e6,
    'all MB': bytes / 1e6,
    'import MB/s': result.ours,
    'only reading MB/s': result.bare,
    ratio: result.ratio,
    lowest: result.lowest,
    'documents/s': (result.ours * 1e6 * mix.documents) / bytes,
    'importer MiB': mebibytes(importer),
    'with postgres MiB': mebibytes(importer + memory.peak().postgres),
  };
}
