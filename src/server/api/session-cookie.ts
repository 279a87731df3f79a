import type { FastifyRequest } from 'fastify';

const NAME = 'second-tuesday-session';
/** The cookie goes to the API only, and to no other site's request. */
const ATTRIBUTES = 'Path=/api/v1; HttpOnly; SameSite=Strict';

/** What the browser holds of its session; undefined when it sent none. */
export function sessionOf({ headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return pairs.find(([name]) => name === NAME)?.[1] || undefined;
}

/**
 * The `Set-Cookie` that begins a session of so many seconds, or ends it with 0. Where the browser came over TLS, as a proxy before us
 * may have it, its `Origin` says so, and the cookie never travels in the clear.
 */
export function sessionCookie({ headers }: FastifyRequest, value: string, seconds: number): string {
  const secure = headers.origin?.startsWith('https://') ? '; Secure' : '';
  return `${NAME}=${value}; Max-Age=${seconds}; ${ATTRIBUTES}${secure}`;
}
