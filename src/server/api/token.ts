import { randomBytes } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 20;

/** A new enrolment token: 160 random bits in lower-case base32, which survives URLs, registry values and dictation. */
export function enrolmentToken(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{5}/g) ?? [];
  return `st-${letters.map((five) => BASE32[Number.parseInt(five, 2)]).join('')}`;
}
