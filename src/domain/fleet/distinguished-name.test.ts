import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { isWithin, readDistinguishedName } from '#domain/fleet/distinguished-name.ts';

it('takes names for the same that only differ in case, blanks and escapes', () => {
  const name = readDistinguishedName('CN=Müller\\, Jo,OU=Servers,DC=corp,DC=example');
  assert.deepEqual(name, ['cn=müller, jo', 'ou=servers', 'dc=corp', 'dc=example']);
  assert.deepEqual(readDistinguishedName('cn = m\\C3\\BCller\\2C jo , ou=SERVERS,dc=Corp, dc=example'), name);
  assert.deepEqual(readDistinguishedName('CN=a\\\\,DC=b'), ['cn=a\\', 'dc=b'], 'an escaped escape ends nothing');
});

it('refuses what is none', () => {
  for (const text of ['', 'corp.example', 'CN=a,,DC=b', '=a', 'CN=', 'CN=a,'.repeat(200)])
    assert.equal(readDistinguishedName(text), undefined, text.slice(0, 40));
});

it('knows what stands below what', () => {
  const parts = (text: string) => readDistinguishedName(text) ?? [];
  const base = parts('OU=Servers,DC=corp,DC=example');
  assert.ok(isWithin(parts('CN=a,OU=SQL,OU=Servers,DC=Corp,DC=Example'), base));
  assert.ok(isWithin(base, base));
  assert.ok(!isWithin(parts('DC=corp,DC=example'), base));
  assert.ok(!isWithin(parts('CN=a,OU=NotServers,DC=corp,DC=example'), base));
});

it('answers every text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readDistinguishedName(text)));
});
