import type { Server } from 'node:http';

/** Nothing holds a stop for longer than this. */
const PATIENCE_MS = 5_000;

/** Lets running requests finish, but not the keep-alive that follows them. */
export function closeGently(server: Pick<Server, 'closeIdleConnections' | 'closeAllConnections' | 'once'>): void {
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const last = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  server.once('close', () => {
    clearInterval(idle);
    clearTimeout(last);
  });
}
