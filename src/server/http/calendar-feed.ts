import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { customerCalendar } from '#server/api/calendar-feed.ts';
import type { ApiDeps } from '#server/api/deps.ts';

/** Long random text; anything else is not looked up. */
const TOKEN = /^([A-Za-z0-9_-]{32})\.ics$/;

/** Calendars of customers, for the programs that subscribe to them: whoever has the address reads it, and learns nothing else. */
export function serveCalendars(app: FastifyInstance, deps: ApiDeps): void {
  app.get('/calendar/:file', async (request, reply) => {
    const { file } = request.params as { readonly file: string };
    const token = TOKEN.exec(file)?.[1];
    const text = token === undefined ? undefined : await customerCalendar(deps, token, deps.clock.now());
    if (text === undefined) return reply.code(404).type('text/plain').send('');
    // The time of writing is no change.
    const content = text.replaceAll(/^DTSTAMP:.*$/gm, '');
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('text/calendar; charset=utf-8').send(text);
  });
}
