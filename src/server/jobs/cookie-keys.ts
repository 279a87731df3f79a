import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import {
  addCookieKey,
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

/** Makes the first key where there is none, and from then on sees to the renewal. */
export async function keepCookieKeys(
  pool: pg.Pool,
  now: () => Temporal.Instant,
  warn: (reason: string) => void,
): Promise<CookieKeys> {
  await addCookieKey(pool, randomBytes(32), now(), true);
  let keys = await listCookieKeys(pool);
  async function renew(): Promise<void> {
    const newest = keys.at(-1);
    if (newest && Temporal.Instant.compare(newest.createdAt.add(RENEW_AFTER), now()) < 0) {
      await addCookieKey(pool, randomBytes(32), now());
      await retireCookieKeysBefore(pool, newest.keyId + 1, now());
    }
    await removeCookieKeysRetiredBefore(pool, now().subtract(KEPT_AFTER));
    keys = await listCookieKeys(pool);
  }
  await renew();
  const timer = setInterval(() => void renew().catch((error: Error) => warn(error.message)), LOOK_EVERY_MS);
  return { current: () => keys, close: () => clearInterval(timer) };
}
