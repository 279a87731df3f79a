import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CONSOLE_HEADER } from '#contract/endpoints/session.ts';
import { CodedError } from '#contract/errors.ts';
import type { ApiCaller, ApiDeps } from '#server/api/deps.ts';
import { sessionOf } from '#server/api/session-cookie.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { findConsoleSession } from '#server/store/console-sessions.ts';
import { findApiToken } from '#server/store/tokens.ts';

/**
 * Wants a bearer token, or the console's session, for every route of a scope, before any body is read. Both are looked up by digest, with
 * the same work for a missing, a wrong and a right one. Returns who called.
 */
export function authenticate(scope: FastifyInstance, { pool, clock }: ApiDeps): (request: FastifyRequest) => ApiCaller {
  const callers = new WeakMap<FastifyRequest, ApiCaller>();
  scope.addHook('onRequest', async (request) => {
    const session = request.headers.authorization === undefined ? sessionOf(request) : undefined;
    const name =
      session === undefined
        ? await findApiToken(pool, tokenDigest(bearerOf(request)))
        : await findConsoleSession(pool, tokenDigest(session));
    if (name === undefined) throw new CodedError('auth.missing', 'This needs the token of an administrator.');
    if (session !== undefined) refuseForeignPages(request);
    callers.set(request, { name, at: clock.now() });
  });
  return (request) => {
    const caller = callers.get(request);
    if (!caller) throw new Error('a route without authentication asked who calls');
    return caller;
  };
}

/** A browser sends its cookie whoever asks it to. Only our own page can add this header, so nobody else's changes anything. */
export function refuseForeignPages({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD' || headers[CONSOLE_HEADER] !== undefined) return;
  throw new CodedError('auth.missing', `A session changes nothing without the header ${CONSOLE_HEADER}.`);
}

function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}
