import type { CachedCookie } from './data-store.ts';

/**
 * A text of its own. A part of an answer that is kept as it was read may keep the whole answer in memory with it, once for each of
 * thousands of servers.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** A cookie that keeps nothing else in memory. */
export function ownCookie({ expiration, encryptedData }: CachedCookie): CachedCookie {
  return { expiration, encryptedData: ownText(encryptedData) };
}
