import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import {
  addCookieKey,
  type CookieKeyRow,
  listCookieKeys,
  removeCookieKeysRetiredBefore,
  retireCookieKeysBefore,
} from '#server/store/cookie-keys.ts';
import type { CookieKey } from '#server/wsus/cookie.ts';

/** The keys of cookies, renewed by themselves; a copy of rows that every process has. */
export interface CookieKeys {
  current(): readonly CookieKey[];
  close(): void;
}

/** A new key each month; the one before opens cookies as long as any that it sealed can be good. */
const RENEW_AFTER = { hours: 24 * 30 };
/** Cookies live an hour, but an old one still tells what its client was told. */
const KEPT_AFTER = { hours: 24 * 8 };
const LOOK_EVERY_MS = 10 * 60_000;
/** A new key seals only when every process has had the time to look: the others could not open its cookies. */
const KNOWN_AFTER = { minutes: 30 };

/** Makes the first key where there is none, and from then on sees to the renewal. */
export async function keepCookieKeys(
  pool: pg.Pool,
  now: () => Temporal.Instant,
  warn: (reason: string) => void,
): Promise<CookieKeys> {
  await addCookieKey(pool, randomBytes(32), now(), true);
  let keys: readonly CookieKey[] = [];
  async function renew(): Promise<void> {
    const at = now();
    const all = await listCookieKeys(pool);
    const known = all.findLast((key) => isOlder(key, KNOWN_AFTER, at));
    const newest = all.at(-1);
    if (newest && isOlder(newest, RENEW_AFTER, at)) await addCookieKey(pool, randomBytes(32), at);
    if (known) await retireCookieKeysBefore(pool, known.keyId, at);
    await removeCookieKeysRetiredBefore(pool, at.subtract(KEPT_AFTER));
    keys = sealingWithKnown(await listCookieKeys(pool), at);
  }
  await renew();
  const timer = setInterval(() => void renew().catch((error: Error) => warn(error.message)), LOOK_EVERY_MS);
  return { current: () => keys, close: () => clearInterval(timer) };
}

function isOlder({ createdAt }: CookieKeyRow, than: Temporal.DurationLike, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(createdAt.add(than), at) < 0;
}

/** As they are to be used here: the one that is too new only opens, as long as there is another to seal with. */
function sealingWithKnown(rows: readonly CookieKeyRow[], at: Temporal.Instant): CookieKey[] {
  const sealing = rows.findLast((row) => !row.retired && isOlder(row, KNOWN_AFTER, at));
  return rows.map((row) => (sealing && row.keyId > sealing.keyId ? { ...row, retired: true } : row));
}
