import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant } from '#contract/values.ts';

/*
 * Signing in to the console. The session lives in a cookie that no script can read, so these are for browsers; programs send their
 * token with each request.
 */

export const showSession = endpoint({
  method: 'GET',
  path: '/session',
  summary: 'Who is signed in, and which clock runs',
  result: z.object({
    name: z.string().optional().describe('of the token; absent: nobody is signed in'),
    clock: z.enum(['real', 'simulated']),
    at: Instant,
  }),
});
export const signIn = endpoint({
  method: 'POST',
  path: '/session',
  summary: 'Sign in to the console with an API token; sets a cookie',
  body: z.strictObject({ token: z.string().trim().min(1).max(200) }),
  result: z.object({ name: z.string().describe('of the token') }),
});
export const signOut = endpoint({
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out of the console',
  result: z.object({}),
});

/** What a browser must send besides its cookie to change anything; no other site's page can. */
export const CONSOLE_HEADER = 'x-second-tuesday-console';
