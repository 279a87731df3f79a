import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openSecrets } from '#server/secrets.ts';
import { temporaryFolder } from '#server/testing/server.ts';

it('opens what was sealed, also after a restart, and seals the same text differently each time', async () => {
  const folder = temporaryFolder();
  const first = await openSecrets(folder);
  const sealed = first.seal('Grüße, 秘密');
  assert.notDeepEqual(first.seal('Grüße, 秘密'), sealed);
  assert.ok(!Buffer.from(sealed).includes('Grüße'));
  assert.equal((await openSecrets(folder)).open(sealed), 'Grüße, 秘密');
  assert.equal(first.open(first.seal('')), '');
});

it('opens nothing that was changed, cut or sealed with another key', async () => {
  const secrets = await openSecrets(temporaryFolder());
  const sealed = secrets.seal('password');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(secrets.open(changed), undefined, `byte ${at}`);
  }
  assert.equal(secrets.open(sealed.subarray(0, 20)), undefined);
  assert.equal(secrets.open(new Uint8Array()), undefined);
  assert.equal((await openSecrets(temporaryFolder())).open(sealed), undefined);
});

it('makes one key when several processes start at once, readable by its owner only', async () => {
  const folder = join(temporaryFolder(), 'data');
  const all = await Promise.all(Array.from({ length: 8 }, () => openSecrets(folder)));
  const sealed = all[0]?.seal('one') ?? new Uint8Array();
  assert.deepEqual(new Set(all.map((secrets) => secrets.open(sealed))), new Set(['one']));
  assert.deepEqual(readdirSync(folder), ['secrets.key']);
  if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'secrets.key')).mode & 0o777, 0o600);
});

it('refuses a key file that is none, and leaves it as it is', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'secrets.key');
  writeFileSync(file, 'short\n');
  await assert.rejects(openSecrets(folder), { code: 'secrets.key' });
  assert.equal(readFileSync(file, 'utf8'), 'short\n');
});
