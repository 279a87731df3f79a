import assert from 'node:assert/strict';
import { it } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type pg from 'pg';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import { emptyDatabase, freshDatabase } from '#server/testing/database.ts';
import { AT, sampleCustomer, sampleId, sampleImport, sampleRevision, sampleServer } from '#server/testing/sample.ts';
import { programMigrations } from '../migrate.ts';
import { inTransaction } from '../pool.ts';
import { appendRecord, verifyRecord } from '../record.ts';
import { importRevision } from '../revisions.ts';
import { ensureService } from '../service.ts';
import { applyAgentEvents } from '../status.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

/** Every kind of value that a table has, in a database that once had more. */
async function filledDatabase(t: Parameters<typeof freshDatabase>[0]): Promise<pg.Pool> {
  const pool = await freshDatabase(t);
  await ensureService(pool, { serverGuid: sampleId('d', 1), clock: 'simulated', at: AT });
  const server = await sampleServer(pool, 1, await sampleCustomer(pool));
  const tricky = Buffer.from(Array.from({ length: 1_000_000 }, (_, n) => n & 255));
  const fragments = [{ kind: 'Extended', locale: '', escaped: tricky, xpress: tricky }] as const;
  await importRevision(
    pool,
    sampleImport(1, { fragments, document: Buffer.alloc(0), source: 'tab\t line\n back\\slash \\. \\N ☃' }),
  );
  await sampleRevision(pool, 2);
  const gone = await sampleRevision(pool, 3);
  await pool.query('delete from revision where revision_id = $1', [gone]);
  const event = {
    eventInstanceId: sampleId('e', 1),
    serverId: server,
    eventId: 156,
    hresult: 0,
    timeAtTarget: AT,
    receivedAt: AT,
  };
  const lists = [`U=${sampleId('a', 1)}`, `V=${sampleId('a', 2)};${sampleId('a', 3)}`];
  await applyAgentEvents(pool, [{ ...event, miscData: lists, details: { quote: '"\\', empty: null } }]);
  const entry = {
    customerId: SERVICE_CHAIN,
    at: AT,
    clock: 'simulated',
    who: 'jo',
    what: 'x',
    subject: {},
    facts: {},
  } as const;
  await inTransaction(pool, (client) => appendRecord(client, [entry, entry]));
  return pool;
}

async function contentOf(pool: pg.Pool): Promise<Record<string, string[]>> {
  const tables = await pool.query<{ name: string }>(
    `select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
       and relname <> 'migration' order by 1`,
  );
  const content: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ row: string }>(`select md5(t::text) as row from ${name} t order by 1`);
    content[name] = rows.map(({ row }) => row);
  }
  return content;
}

async function bytesOf(pool: pg.Pool): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(backup(pool, AT)));
}

async function* inPieces(bytes: Buffer, size = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it('restores everything as it was, into a database with or without tables', async (t) => {
  const original = await filledDatabase(t);
  const bytes = await bytesOf(original);
  const before = await contentOf(original);
  assert.ok(Object.values(before).filter((rows) => rows.length > 0).length >= 10);
  for (const target of [await freshDatabase(t), await emptyDatabase(t)]) {
    const restored = await restore(target, inPieces(bytes));
    assert.deepEqual([restored.header.clock, restored.header.at], ['simulated', String(AT)]);
    assert.deepEqual(await contentOf(target), before);
    assert.ok((await verifyRecord(target, SERVICE_CHAIN)).ok);
    assert.equal(await sampleRevision(target, 9), 4, 'a number that was once given is never given again');
  }
});

it('keeps rows apart that come over the wire in the same bytes', async (t) => {
  const original = await freshDatabase(t);
  for (let number = 1; number <= 60; number++) {
    const document = Buffer.alloc(9_000 + number * 971, number);
    await importRevision(
      original,
      sampleImport(number, { document, documentSha256: Buffer.alloc(32, number), fragments: [] }),
    );
  }
  const target = await freshDatabase(t);
  await restore(target, inPieces(await bytesOf(original)));
  assert.deepEqual(await contentOf(target), await contentOf(original));
});

it('shows one instant, whatever happens while it is read', async (t) => {
  const pool = await filledDatabase(t);
  const before = await contentOf(pool);
  const parts: Buffer[] = [];
  for await (const part of backup(pool, AT)) {
    if (parts.push(part) === 1) await sampleServer(pool, 2);
  }
  const target = await freshDatabase(t);
  await restore(target, inPieces(Buffer.concat(parts)));
  assert.deepEqual((await contentOf(target)).server, before.server);
});

it('gives its connection back, also when nobody reads it to its end', async (t) => {
  const pool = await filledDatabase(t);
  for (let n = 0; n < 12; n++) for await (const _ of backup(pool, AT)) break;
  assert.equal((await pool.query('select 1 as one')).rows[0].one, 1);
});

it('refuses a database that has rows', async (t) => {
  const pool = await filledDatabase(t);
  const bytes = await bytesOf(pool);
  await assert.rejects(restore(pool, inPieces(bytes)), { code: 'backup.not-empty' });
});

it('refuses a backup that breaks off anywhere, and leaves nothing', async (t) => {
  const bytes = await bytesOf(await filledDatabase(t));
  const target = await freshDatabase(t);
  const raw = zstdDecompressSync(bytes);
  const cuts = [0, 3, raw.length >> 2, raw.length >> 1, raw.length - 1].map((length) => raw.subarray(0, length));
  for (const cut of cuts.map((part) => zstdCompressSync(part))) {
    await assert.rejects(restore(target, inPieces(cut)), { code: 'backup.truncated' });
  }
  for (const length of [bytes.length >> 1, bytes.length - 1]) {
    await assert.rejects(restore(target, inPieces(bytes.subarray(0, length))), { code: /backup\.(truncated|corrupt)/ });
  }
  assert.deepEqual(Object.values(await contentOf(target)).flat(), []);
});

it('refuses a backup with any changed byte, and leaves nothing', async (t) => {
  const bytes = await bytesOf(await filledDatabase(t));
  const target = await freshDatabase(t);
  const raw = zstdDecompressSync(bytes);
  const changedRaw = [0, 1, 7, 400, raw.length >> 1, raw.length - 30].map((at) => zstdCompressSync(flipped(raw, at)));
  const changedOutside = [0, bytes.length >> 1, bytes.length - 2].map((at) => flipped(bytes, at));
  for (const changed of [...changedRaw, ...changedOutside, zstdCompressSync(Buffer.concat([raw, raw]))]) {
    await assert.rejects(restore(target, inPieces(changed)), { code: /^backup\.(corrupt|truncated|newer)$/ });
  }
  assert.deepEqual(Object.values(await contentOf(target)).flat(), []);
  await restore(target, inPieces(bytes));
});

it('refuses backups of newer programs', async (t) => {
  const target = await freshDatabase(t);
  const migrations = await programMigrations();
  const header = { format: 1, migrations, clock: null, at: String(AT) };
  await assert.rejects(restore(target, inPieces(withHeader({ ...header, format: 2 }))), { code: 'backup.newer' });
  const newer = withHeader({ ...header, migrations: [...migrations, '9999-future.sql'] });
  await assert.rejects(restore(target, inPieces(newer)), { code: 'backup.newer', message: /9999-future\.sql/ });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

function withHeader(header: unknown): Buffer {
  const content = Buffer.from(JSON.stringify(header));
  const head = Buffer.from([72, 0, 0, 0, 0]);
  head.writeUInt32BE(content.length, 1);
  return zstdCompressSync(Buffer.concat([head, content]));
}
