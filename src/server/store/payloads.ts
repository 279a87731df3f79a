import type pg from 'pg';
import { columns, sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A payload file as metadata names it. Digests are lower-case hex. */
export interface PayloadFile {
  readonly sha1: string;
  readonly sha256?: string;
  /** Bytes. */
  readonly size: number;
  readonly name: string;
  /** Where Microsoft has it. */
  readonly microsoftUrl?: string;
}

export interface PayloadRow {
  readonly sha1: string;
  readonly sha256: string | null;
  readonly size: number;
  readonly name: string;
  readonly microsoftUrl: string | null;
  /** Since when it is in the content folder, verified by both digests. */
  readonly heldAt: Temporal.Instant | null;
}

const FIELDS = `encode(sha1, 'hex') as sha1, encode(sha256, 'hex') as sha256, size, name, mu_url as "microsoftUrl",
  held_at as "heldAt"`;

/**
 * Adds files that are not known yet, and the SHA-256 and URL where they were missing. Returns the SHA-1 of files whose SHA-256 or size
 * contradicts what is known; the caller must not keep its other changes then.
 */
export async function addPayloads(client: pg.PoolClient, files: readonly PayloadFile[]): Promise<string[]> {
  const known = new Map<string, PayloadFile>();
  for (const file of files) {
    const other = known.get(file.sha1);
    if (other && contradicts(file, other)) return [file.sha1];
    known.set(file.sha1, { ...file, ...other });
  }
  const each = columns([...known.values()], ['sha1', 'sha256', 'size', 'name', 'microsoftUrl']);
  const { rows } = await client.query<{ sha1: string }>(
    `with file as (
       select decode(sha1, 'hex') as sha1, decode(sha256, 'hex') as sha256, size, name, url
       from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as f (sha1, sha256, size, name, url)
     ), saved as (
       insert into payload as p (sha1, sha256, size, name, mu_url) select * from file order by sha1
       on conflict (sha1) do update set sha256 = coalesce(p.sha256, excluded.sha256), mu_url = coalesce(p.mu_url, excluded.mu_url)
       returning p.sha1, p.sha256, p.size
     )
     select encode(file.sha1, 'hex') as sha1 from file join saved using (sha1)
     where file.size <> saved.size or file.sha256 <> saved.sha256`,
    each,
  );
  return rows.map((row) => row.sha1);
}

function contradicts(a: PayloadFile, b: PayloadFile): boolean {
  return a.size !== b.size || (a.sha256 !== undefined && b.sha256 !== undefined && a.sha256 !== b.sha256);
}

/** The files of these SHA-1 digests (hex) that are known. */
export async function findPayloads(db: Db, sha1: readonly string[]): Promise<PayloadRow[]> {
  const { rows } = await db.query<PayloadRow>({
    name: 'find-payloads',
    text: `select ${FIELDS} from payload where sha1 in (select decode(d, 'hex') from unnest($1::text[]) d)`,
    values: [sha1],
  });
  return rows;
}

/** Files that are not held here, by digest after `after` (hex), at most `limit`. */
export async function listMissingPayloads(db: Db, after: string, limit: number): Promise<PayloadRow[]> {
  const { rows } = await db.query<PayloadRow>(
    `select ${FIELDS} from payload where held_at is null and sha1 > decode($1, 'hex') order by payload.sha1 limit $2`,
    [after, limit],
  );
  return rows;
}

/** SHA-1 (hex) of every file that a client can get: held here or, with `orFromMicrosoft`, at Microsoft's URL. */
export async function listDeliverable(db: Db, orFromMicrosoft: boolean): Promise<string[]> {
  const { rows } = await db.query<{ sha1: string }>(
    `select encode(sha1, 'hex') as sha1 from payload where held_at is not null or ($1 and mu_url is not null)`,
    [orFromMicrosoft],
  );
  return rows.map((row) => row.sha1);
}

/** Notes that a file is held and verified, or (without an instant) that it is not. False when the file is unknown. */
export async function setPayloadHeld(db: Db, sha1: string, heldAt: Temporal.Instant | undefined): Promise<boolean> {
  const { rowCount } = await db.query(`update payload set held_at = $2 where sha1 = decode($1, 'hex')`, [
    sha1,
    heldAt ? sqlInstant(heldAt) : null,
  ]);
  return rowCount === 1;
}
