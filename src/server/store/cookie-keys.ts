import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A key that seals cookies, or, once retired, only opens them. */
export interface CookieKeyRow {
  readonly keyId: number;
  /** 32 bytes. */
  readonly secret: Buffer;
  readonly retired: boolean;
  readonly createdAt: Temporal.Instant;
}

/** All keys, oldest first. */
export async function listCookieKeys(db: Db): Promise<CookieKeyRow[]> {
  const { rows } = await db.query<CookieKeyRow>(
    `select key_id as "keyId", secret, retired_at is not null as retired, created_at as "createdAt"
     from cookie_key order by key_id`,
  );
  return rows;
}

/** Adds a key under the next number; when several processes start at once, `firstOnly` lets only one of them add the first key. */
export async function addCookieKey(db: Db, secret: Uint8Array, at: Temporal.Instant, firstOnly = false): Promise<void> {
  await db.query(
    `insert into cookie_key (key_id, secret, created_at)
     select coalesce(max(key_id), 0) + 1, $1, $2 from cookie_key having not $3 or count(*) = 0
     on conflict (key_id) do nothing`,
    [secret, sqlInstant(at), firstOnly],
  );
}

/** From now on these keys only open cookies. */
export async function retireCookieKeysBefore(db: Db, keyId: number, at: Temporal.Instant): Promise<void> {
  await db.query('update cookie_key set retired_at = $2 where key_id < $1 and retired_at is null', [
    keyId,
    sqlInstant(at),
  ]);
}

/** Forgets keys that were retired before an instant: whatever they sealed has expired. */
export async function removeCookieKeysRetiredBefore(db: Db, before: Temporal.Instant): Promise<void> {
  await db.query('delete from cookie_key where retired_at < $1', [sqlInstant(before)]);
}
