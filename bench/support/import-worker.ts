// Does what import.ts tells it over IPC, in a process of its own so that its memory can be told: imports the mix into the database, or only
// reads it with the XML reader that the import uses.
import { readElements } from '#protocol/update-xml/events.ts';
import { DEFAULT_LIMITS } from '#protocol/update-xml/limits.ts';
import { importDocuments } from '#server/sources/import.ts';
import { createPool } from '#server/store/pool.ts';
import { benchCatalogue, largeDocument } from './catalogue.ts';

/** What it is started with, as JSON. */
export interface ImportMix {
  readonly host: string;
  readonly documents: number;
  /** Bytes of one more document; 0 for none. */
  readonly large: number;
}

const mix = JSON.parse(process.argv[2] ?? '') as ImportMix;
const pool = createPool({ host: mix.host, port: 5432, user: 'app', database: 'postgres' }, () => {});
const nothing = { open() {}, text() {}, close() {} };
const files = [...small()].map(({ name, xml }) => ({ name, xml: Buffer.from(xml) }));
const bytes = files.reduce((sum, { xml }) => sum + xml.length, 0);

process.on('message', async (what: 'import' | 'read') => {
  if (what === 'import') await pool.query('truncate revision, payload cascade');
  const start = performance.now();
  if (what === 'read') for (const { xml } of files) readElements(xml, 'document', DEFAULT_LIMITS, () => nothing);
  else await importAll();
  process.send?.((bytes * 1_000) / 1e6 / (performance.now() - start));
});
process.once('disconnect', () => process.exit());
process.send?.(bytes);

async function importAll(): Promise<void> {
  const at = Temporal.Now.instant();
  const { imported, skipped } = await importDocuments(pool, { source: 'bench', at, documents: files });
  if (imported !== files.length) throw new Error(`imported ${imported}: ${JSON.stringify(skipped.slice(0, 3))}`);
}

function* small() {
  yield* benchCatalogue(mix.documents, mix.documents);
  if (mix.large > 0) yield largeDocument(mix.large);
}
