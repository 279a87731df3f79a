import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readPolicy } from './registry.ts';
import { readRegistryFile } from './registry-file.ts';

const golden = (name: string) => readFile(new URL(`../../domain/windows/golden/${name}`, import.meta.url));

function utf16(text: string): Uint8Array {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

test('what bootstrap writes configures an agent: the published values, and those of a plan', async () => {
  const seed = readRegistryFile(utf16((await golden('seed-policy.reg.golden')).toString()));
  assert.ok(seed.ok, JSON.stringify(seed));
  const nightly = readPolicy(seed.values);
  assert.deepEqual([nightly.auOptions, nightly.scheduledInstallDay, nightly.scheduledInstallTime], [4, 0, 2]);
  assert.match(nightly.wuServer, /^https:\/\//);
  const plan = readRegistryFile(utf16((await golden('plan-policy.reg.golden')).toString()));
  assert.ok(plan.ok, JSON.stringify(plan));
  assert.equal(readPolicy(plan.values).rescheduleWaitTime, 0);
});

test('other keys are passed over, escapes are undone, and what is no registration file is refused by its line', () => {
  const text = [
    'Windows Registry Editor Version 5.00',
    '',
    '; a comment',
    '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]',
    '"WUServer"="https://other.example.com"',
    '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate]',
    '"TargetGroup"="a\\\\b\\"c"',
  ];
  const read = readRegistryFile(Buffer.from(text.join('\r\n')));
  assert.ok(read.ok);
  assert.deepEqual([...read.values], [['targetgroup', 'a\\b"c']]);
  const broken = readRegistryFile(Buffer.from([...text, 'format c:'].join('\r\n')));
  assert.deepEqual(broken, { ok: false, message: 'line 8: neither a key nor a value' });
  assert.equal(readRegistryFile(Buffer.from('REGEDIT4')).ok, false);
});
