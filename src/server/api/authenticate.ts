import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '#contract/errors.ts';
import type { ApiCaller, ApiDeps } from '#server/api/deps.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { findApiToken } from '#server/store/tokens.ts';

/**
 * Wants a bearer token for every route of a scope, before any body is read. Tokens are looked up by digest, with the same work for a
 * missing, a wrong and a right one. Returns who called.
 */
export function authenticate(scope: FastifyInstance, { pool, clock }: ApiDeps): (request: FastifyRequest) => ApiCaller {
  const callers = new WeakMap<FastifyRequest, ApiCaller>();
  scope.addHook('onRequest', async (request) => {
    const token = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const name = await findApiToken(pool, tokenDigest(token));
    if (name === undefined) throw new CodedError('auth.missing', 'This needs the token of an administrator.');
    callers.set(request, { name, at: clock.now() });
  });
  return (request) => {
    const caller = callers.get(request);
    if (!caller) throw new Error('a route without authentication asked who calls');
    return caller;
  };
}
