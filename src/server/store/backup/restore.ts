import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import pg from 'pg';
import { z } from 'zod';
import { CodedError } from '#contract/errors.ts';
import { appliedMigrations, migrate, programMigrations } from '../migrate.ts';
import { inTransaction } from '../pool.ts';
import { copyTarget } from './backup.ts';
import { copyIn } from './copy.ts';
import { type BackupEnd, type BackupHeader, FORMAT, type Frame, readFrames } from './frames.ts';
import { listTables, setSequence, type Table } from './tables.ts';

const Header = z.object({
  format: z.int(),
  migrations: z.array(z.string()),
  clock: z.enum(['real', 'simulated']).nullable(),
  at: z.string(),
});
const TableStart = z.object({ name: z.string(), columns: z.array(z.string()) });
const TableEnd = z.object({ name: z.string(), rows: z.int() });
const End = z.object({
  tables: z.int(),
  rows: z.int(),
  sequences: z.array(z.object({ name: z.string(), last: z.int(), used: z.boolean() })),
});

/** What was restored. */
export interface Restored {
  readonly header: BackupHeader;
  readonly rows: number;
}

/**
 * Reads a backup into a database without rows, in one transaction: all of it or nothing. A database without tables first gets the schema of
 * the backup, and in the end that of this program. Throws `backup.not-empty`, `backup.newer`, `backup.other-schema`, `backup.truncated` or
 * `backup.corrupt`, each naming the place.
 */
export async function restore(pool: pg.Pool, source: AsyncIterable<Uint8Array>): Promise<Restored> {
  const frames = readFrames(decompressed(source));
  const header = await readHeader(frames);
  await requireSchema(pool, header);
  const rows = await inTransaction(pool, (client) => fill(client, frames));
  await migrate(pool);
  return { header, rows };
}

async function* decompressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zstd = createZstdDecompress();
  pipeline(source, zstd, () => {}); // what goes wrong comes out of `zstd`
  try {
    yield* zstd as AsyncIterable<Buffer>;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new CodedError('backup.truncated', 'The backup breaks off.', [], { cause });
    if (!code?.startsWith('ZSTD')) throw cause;
    throw new CodedError('backup.corrupt', `The backup is no zstd or was damaged: ${message}.`, [], { cause });
  }
}

async function readHeader(frames: AsyncGenerator<Frame>): Promise<BackupHeader> {
  const { value: first } = await frames.next();
  if (first?.kind !== 'H') throw corrupt('it does not begin with a header');
  const format = (first.content as Partial<BackupHeader>).format;
  if (typeof format === 'number' && format > FORMAT) {
    throw new CodedError('backup.newer', `The backup has format ${format}; this Second Tuesday reads up to ${FORMAT}.`);
  }
  return checked(Header, first.content, 'the header');
}

async function requireSchema(pool: pg.Pool, { migrations }: BackupHeader): Promise<void> {
  const known = await programMigrations();
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CodedError(
      'backup.newer',
      `The backup is of a newer Second Tuesday: ${unknown.join(', ')} is not known here.`,
    );
  }
  const last = migrations.at(-1);
  if (last === undefined) throw corrupt('it names no migrations');
  const present = await appliedMigrations(pool);
  const now = present.length > 0 ? present : await migrate(pool, last);
  if (now.join() === migrations.join()) return;
  throw new CodedError(
    'backup.other-schema',
    `The database has the schema ${now.at(-1)}, the backup ${last}: restore it into a database without tables.`,
  );
}

/** Returns the number of rows. */
async function fill(client: pg.PoolClient, frames: AsyncGenerator<Frame>): Promise<number> {
  const tables = await listTables(client);
  await requireEmpty(client, tables);
  const filled = new Set<string>();
  let rows = 0;
  for (let frame = await next(frames); ; frame = await next(frames)) {
    if (frame.kind === 'Z') {
      const end = checked(End, frame.content, 'the end');
      if (end.tables !== filled.size || filled.size !== tables.length || end.rows !== rows) {
        throw corrupt('tables or rows are missing');
      }
      await continueSequences(client, end);
      return rows;
    }
    if (frame.kind !== 'T') throw corrupt(`a frame ${frame.kind} stands outside of a table`);
    const table = knownTable(tables, frame.content);
    if (filled.has(table.name)) throw corrupt(`the table ${table.name} comes twice`);
    filled.add(table.name);
    rows += await fillTable(client, table, frames);
  }
}

async function requireEmpty(client: pg.PoolClient, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    await client.query(`lock table ${pg.escapeIdentifier(name)} in exclusive mode`);
    const { rowCount } = await client.query(`select from ${pg.escapeIdentifier(name)} limit 1`);
    if (rowCount === 0) continue;
    throw new CodedError('backup.not-empty', `The database is not empty: the table ${name} has rows.`);
  }
}

function knownTable(tables: readonly Table[], content: unknown): Table {
  const { name, columns } = checked(TableStart, content, 'the start of a table');
  const table = tables.find((one) => one.name === name);
  if (!table) throw corrupt(`the table ${name} is not known`);
  const same = columns.length === table.columns.length && columns.every((column) => table.columns.includes(column));
  if (!same) throw corrupt(`the table ${name} has other columns than here`);
  return { name, columns };
}

/** Returns the number of rows. */
async function fillTable(client: pg.PoolClient, table: Table, frames: AsyncGenerator<Frame>): Promise<number> {
  const counted = { rows: 0 };
  try {
    await copyIn(client, `copy ${copyTarget(table)} from stdin`, tableRows(table, frames, counted));
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError)) throw cause;
    throw corrupt(`the table ${table.name} near row ${counted.rows} does not fit: ${cause.message}`, cause);
  }
  return counted.rows;
}

async function* tableRows(
  { name }: Table,
  frames: AsyncGenerator<Frame>,
  counted: { rows: number },
): AsyncGenerator<Uint8Array> {
  for (let frame = await next(frames); ; frame = await next(frames)) {
    if (frame.kind === 'D') {
      for (const byte of frame.content) if (byte === 10) counted.rows++; // COPY's text writes a line end only at the end of a row
      yield frame.content;
    } else if (frame.kind === 'E') {
      const end = checked(TableEnd, frame.content, `the end of the table ${name}`);
      if (end.name !== name || end.rows !== counted.rows) throw corrupt(`rows of the table ${name} are missing`);
      return;
    } else throw corrupt(`the table ${name} has no end`);
  }
}

async function continueSequences(client: pg.PoolClient, { sequences }: Omit<BackupEnd, 'sha256'>): Promise<void> {
  for (const sequence of sequences) {
    if (!(await setSequence(client, sequence))) throw corrupt(`the sequence ${sequence.name} is not known`);
  }
}

/** A by-hand `next`: `for await` would end the frames when a table ends. */
async function next(frames: AsyncGenerator<Frame>): Promise<Frame> {
  const { value, done } = await frames.next();
  if (done) throw corrupt('it has no end');
  return value;
}

function checked<T>(schema: z.ZodType<T>, content: unknown, what: string): T {
  const read = schema.safeParse(content);
  if (!read.success) throw corrupt(`${what} is not as it should be`);
  return read.data;
}

function corrupt(why: string, cause?: unknown): CodedError {
  return new CodedError('backup.corrupt', `The backup is corrupt: ${why}.`, [], { cause });
}
