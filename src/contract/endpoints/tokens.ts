import * as z from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Instant, Name } from '#contract/values.ts';

const Token = z.object({ name: z.string(), createdAt: Instant, revokedAt: Instant.optional() });

export const listTokens = endpoint({
  method: 'GET',
  path: '/tokens',
  summary: 'Tokens of the API, without the tokens themselves',
  result: z.object({ items: z.array(Token) }),
});
export const addToken = endpoint({
  method: 'POST',
  path: '/tokens',
  summary: 'A token for one more person; only the first token makes others',
  body: z.strictObject({ name: Name }),
  result: z.object({ name: z.string(), token: z.string().describe('shown this once') }),
});
export const revokeToken = endpoint({
  method: 'DELETE',
  path: '/tokens/:name',
  summary: 'Take a token back; only the first token does so, and never itself',
  params: z.object({ name: Name }),
  result: z.object({ name: z.string() }),
});
