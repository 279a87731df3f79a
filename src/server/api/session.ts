import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { EndpointResult } from '#contract/endpoint.ts';
import { type showSession, signIn, type signOut } from '#contract/endpoints/session.ts';
import { CodedError } from '#contract/errors.ts';
import { refuseForeignPages } from '#server/api/authenticate.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { sessionCookie, sessionOf } from '#server/api/session-cookie.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { addConsoleSession, findConsoleSession, removeConsoleSession } from '#server/store/console-sessions.ts';

/** A working day; then the token is asked for again. */
const SESSION_SECONDS = 12 * 3_600;
const SESSION_BYTES = 32;

/** `/session` of the API: the console's sign-in, in exchange for an API token. It alone wants no token. */
export function mountSession(app: FastifyInstance, { pool, clock }: ApiDeps): void {
  app.get('/session', async (request): Promise<EndpointResult<typeof showSession>> => {
    const session = sessionOf(request);
    const name = session === undefined ? undefined : await findConsoleSession(pool, tokenDigest(session));
    return { ...(name === undefined ? {} : { name }), clock: clock.kind, at: clock.now().toString() };
  });
  app.post('/session', { bodyLimit: 4_096 }, async (request, reply): Promise<EndpointResult<typeof signIn>> => {
    refuseForeignPages(request);
    const given = signIn.body?.safeParse(request.body);
    if (!given?.success) throw new CodedError('usage.wrong', 'token: the text of an API token');
    const session = randomBytes(SESSION_BYTES).toString('base64url');
    const name = await addConsoleSession(pool, tokenDigest(session), tokenDigest(given.data.token), SESSION_SECONDS);
    if (name === undefined) throw new CodedError('auth.missing', 'This token is not known, or was revoked.');
    reply.header('set-cookie', sessionCookie(request, session, SESSION_SECONDS));
    return { name };
  });
  app.delete('/session', async (request, reply): Promise<EndpointResult<typeof signOut>> => {
    refuseForeignPages(request);
    const session = sessionOf(request);
    if (session !== undefined) await removeConsoleSession(pool, tokenDigest(session));
    reply.header('set-cookie', sessionCookie(request, '', 0));
    return {};
  });
}
