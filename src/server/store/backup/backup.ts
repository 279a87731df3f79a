import { pipeline } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import pg from 'pg';
import { appliedMigrations } from '../migrate.ts';
import { copyOut } from './copy.ts';
import { type BackupEnd, FORMAT, type Frame, writeFrames } from './frames.ts';
import { listSequences, listTables, type Table } from './tables.ts';

type Written = Frame | { readonly kind: 'Z'; readonly content: Omit<BackupEnd, 'sha256'> };

const CHUNK_BYTES = 256 * 1024;

/**
 * Everything in the database in one snapshot, compressed with zstd, in constant memory; independent of PostgreSQL's version. The service
 * may go on meanwhile. It holds the cookie keys and the digests of tokens: guard it like the database.
 */
export async function* backup(pool: pg.Pool, at: Temporal.Instant): AsyncGenerator<Buffer> {
  const client = await pool.connect();
  let finished = false;
  try {
    await client.query('begin isolation level repeatable read read only');
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    pipeline(writeFrames(snapshot(client, at)), zstd, () => {}); // what goes wrong comes out of `zstd`
    yield* zstd as AsyncIterable<Buffer>;
    await client.query('commit');
    finished = true;
  } finally {
    client.release(!finished); // a COPY that nobody read to its end cannot be taken up again
  }
}

async function* snapshot(client: pg.PoolClient, at: Temporal.Instant): AsyncGenerator<Written> {
  const migrations = await appliedMigrations(client);
  const service = await client.query<{ clock: 'real' | 'simulated' }>('select clock from service');
  const clock = service.rows[0]?.clock ?? null;
  yield { kind: 'H', content: { format: FORMAT, migrations, clock, at: at.toString() } };
  const tables = await listTables(client);
  let rows = 0;
  for (const table of tables) {
    yield { kind: 'T', content: table };
    const count = { rows: 0 };
    for await (const content of chunks(client, table, count)) yield { kind: 'D', content };
    rows += count.rows;
    yield { kind: 'E', content: { name: table.name, rows: count.rows } };
  }
  const sequences = await listSequences(client);
  yield { kind: 'Z', content: { tables: tables.length, rows, sequences } };
}

/** The rows of a table, many small ones or one large one at a time. */
async function* chunks(client: pg.PoolClient, table: Table, count: { rows: number }): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const row of copyOut(client, `copy ${copyTarget(table)} to stdout`)) {
    count.rows++;
    waiting.push(row);
    bytes += row.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** `"table" ("column", …)` for a COPY. */
export function copyTarget({ name, columns }: Table): string {
  return `${pg.escapeIdentifier(name)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}
