import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { type CookieKey, openCookie, type SessionClaims, sealCookie } from '#server/wsus/cookie.ts';

const key = (keyId: number, retired = false): CookieKey => ({ keyId, secret: randomBytes(32), retired });
const claims: SessionClaims = {
  kind: 'session',
  service: 'f3a1c4d2-0000-4000-8000-000000000001',
  serverId: 'f3a1c4d2-0000-4000-8000-000000000002',
  clientId: 'e1da06a3-5601-43c9-bac3-52d5db701494',
  expires: '2026-10-04T16:03:35Z',
  lastChange: '2026-10-04T13:17:07Z',
  protocolVersion: '2.90',
};

it('opens what it sealed', () => {
  const keys = [key(1)];
  assert.deepEqual(openCookie(sealCookie(claims, keys), 'session', keys), claims);
});

it('takes no cookie for the other kind', () => {
  const keys = [key(1)];
  assert.equal(openCookie(sealCookie(claims, keys), 'authorization', keys), undefined);
});

it('opens cookies of a retired key until that key is gone, and seals with the newest', () => {
  const old = key(1);
  const cookie = sealCookie(claims, [old]);
  const rotated = [{ ...old, retired: true }, key(2)];
  assert.deepEqual(openCookie(cookie, 'session', rotated), claims);
  assert.equal(openCookie(cookie, 'session', rotated.slice(1)), undefined);
  assert.equal(openCookie(sealCookie(claims, rotated), 'session', [old]), undefined);
});

it('refuses every changed byte, every truncation and every stranger', () => {
  const keys = [key(1)];
  const bytes = Buffer.from(sealCookie(claims, keys), 'base64');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ change;
      assert.equal(openCookie(forged.toString('base64'), 'session', keys), undefined);
      assert.equal(openCookie(bytes.subarray(0, at).toString('base64'), 'session', keys), undefined);
    }),
  );
  fc.assert(fc.property(fc.string({ maxLength: 10_000 }), (text) => openCookie(text, 'session', keys) === undefined));
});
