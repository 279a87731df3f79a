import { randomBytes } from 'node:crypto';
import { changeFacts } from '#server/api/change.ts';
import type { ApiCaller, ApiDeps } from '#server/api/deps.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { type CustomerRow, replaceCustomerToken } from '#server/store/customers.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 20;

/** A new enrolment token: 160 random bits in lower-case base32, which survives URLs, registry values and dictation. */
export function enrolmentToken(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{5}/g) ?? [];
  return `st-${letters.map((five) => BASE32[Number.parseInt(five, 2)]).join('')}`;
}

/** Makes a new enrolment token for a customer; the old one is a former one from now on. */
export async function replaceToken(
  deps: ApiDeps,
  { customerId, name }: CustomerRow,
  { name: who, at }: ApiCaller,
): Promise<string> {
  const token = enrolmentToken();
  await changeFacts(deps, async (client) => {
    await replaceCustomerToken(client, customerId, tokenDigest(token), at);
    const noted = { customerId, at, who, what: 'customer.token-rotated', subject: { customer: name }, facts: {} };
    return { outcome: undefined, noted: [noted] };
  });
  return token;
}
