import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from './applicability.ts';
import { applyChanges, planInstallation } from './install.ts';
import { createMachine, type MachineState } from './machine-state.ts';

const UPDATE = 'bbbbbbbb-0000-0000-0000-000000000000';

test('installing makes the IsInstalled rule true, removing makes it false', () => {
  const place = { Key: 'HKEY_LOCAL_MACHINE', Subkey: 'SOFTWARE\\Contoso', Value: 'V' };
  const rules: Rule[] = [
    rule('b.RegDword', { ...place, Comparison: 'GreaterThan', Data: '7' }),
    rule('b.RegSz', { ...place, Comparison: 'EndsWith', Data: 'done' }),
    rule('b.RegSzToVersion', { ...place, Comparison: 'GreaterThanOrEqualTo', Data: '4.8.9' }),
    rule('b.RegValueExists', { ...place, Type: 'REG_SZ' }),
    rule('b.FileVersion', { Csidl: '37', Path: 'a.dll', Comparison: 'GreaterThan', Version: '10.0' }),
    rule('b.FileVersionPrependRegSz', { ...place, Path: 'b.dll', Comparison: 'EqualTo', Version: '2.0' }),
    rule('b.FileExists', { Path: '%windir%\\c.dll' }),
    rule('CbsPackageInstalledByIdentity', { PackageIdentity: 'P~t~amd64~~1.2.3.4' }),
    rule('ProductReleaseInstalled', { Name: 'Server.OS.amd64', Version: '26100.1742' }),
    rule('And', {}, [rule('b.FileExists', { Path: 'c:\\x' }), rule('Not', {}, [rule('b.RegKeyExists', place)])]),
    rule('Or', {}, [rule('False'), rule('b.FileExists', { Path: 'c:\\x' })]),
  ];
  for (const isInstalled of rules) {
    const machine = createMachine();
    assert.equal(detected(isInstalled, machine), false, isInstalled.name);
    install(isInstalled, machine, 'installed');
    assert.equal(detected(isInstalled, machine), true, isInstalled.name);
    install(isInstalled, machine, 'removed');
    assert.equal(detected(isInstalled, machine), false, isInstalled.name);
  }
});

test('an unmet negative condition is removed: a newer signature clears the flag of the failed one', () => {
  const flag = { Key: 'HKEY_LOCAL_MACHINE', Subkey: 'S', Value: 'Failed' };
  const isInstalled = rule('And', {}, [
    rule('Not', {}, [rule('b.RegDword', { ...flag, Comparison: 'GreaterThanOrEqualTo', Data: '1' })]),
    rule('b.FileExists', { Path: 'c:\\signatures' }),
  ]);
  const machine = createMachine({ registry: new Map([['hklm\\s\\failed', 3]]) });
  install(isInstalled, machine, 'installed');
  assert.equal(detected(isInstalled, machine), true);
});

test('a rule that the model cannot make true is an installation that fails', () => {
  const machine = createMachine();
  for (const isInstalled of [undefined, rule('False'), rule('b.WmiQuery', { WqlQuery: 'q' })]) {
    assert.equal(
      planInstallation({ updateId: UPDATE, isInstalled, metadata: undefined }, machine, 'installed'),
      undefined,
    );
  }
  const contradiction = rule('And', {}, [
    rule('b.FileVersion', { Path: 'c:\\a', Comparison: 'EqualTo', Version: '1' }),
    rule('b.FileVersion', { Path: 'c:\\a', Comparison: 'EqualTo', Version: '2' }),
  ]);
  assert.equal(
    planInstallation({ updateId: UPDATE, isInstalled: contradiction, metadata: undefined }, machine, 'installed'),
    undefined,
  );
});

test('planning changes nothing; the machine remembers that it once had the update', () => {
  const machine = createMachine();
  const isInstalled = rule('b.FileExists', { Path: 'c:\\x' });
  const changes = planInstallation({ updateId: UPDATE, isInstalled, metadata: undefined }, machine, 'installed');
  assert.deepEqual(machine, createMachine());
  applyChanges(machine, changes ?? []);
  assert.ok(machine.installedOnce.has(UPDATE));
});

function install(isInstalled: Rule, machine: MachineState, wanted: 'installed' | 'removed'): void {
  const changes = planInstallation({ updateId: UPDATE, isInstalled, metadata: undefined }, machine, wanted);
  assert.ok(changes !== undefined, `${isInstalled.name} cannot be ${wanted}`);
  applyChanges(machine, changes);
}

function detected(isInstalled: Rule, machine: MachineState) {
  return evaluateRule(isInstalled, { machine, updateId: UPDATE, metadata: undefined });
}

function rule(name: string, attributes: Record<string, string> = {}, children: readonly Rule[] = []): Rule {
  return { name, attributes, children };
}
