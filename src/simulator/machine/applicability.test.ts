import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rule } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from './applicability.ts';
import { compareVersions } from './comparison.ts';
import { createMachine, type MachineState } from './machine-state.ts';
import type { RuleContext } from './rules/rule-context.ts';
import type { Truth } from './truth.ts';

const TRUE = rule('True');
const FALSE = rule('False');
const UNKNOWN = rule('b.FromAnotherDecade');

test('And, Or and Not follow the three-valued truth tables', () => {
  const [t, f, u] = [TRUE, FALSE, UNKNOWN];
  const table: [Rule, Truth][] = [
    [rule('And', {}, [t, t]), true],
    [rule('And', {}, [t, f]), false],
    [rule('And', {}, [u, f]), false],
    [rule('And', {}, [t, u]), undefined],
    [rule('And'), true],
    [rule('Or', {}, [f, t]), true],
    [rule('Or', {}, [u, t]), true],
    [rule('Or', {}, [u, f]), undefined],
    [rule('Or', {}, [f, f]), false],
    [rule('Or'), false],
    [rule('Not', {}, [t]), false],
    [rule('Not', {}, [f]), true],
    [rule('Not', {}, [u]), undefined],
  ];
  for (const [asked, expected] of table) assert.equal(evaluate(asked), expected, JSON.stringify(asked));
});

test('an unknown element is named to the caller and never true', () => {
  const names: string[] = [];
  const truth = evaluateRule(rule('Or', {}, [UNKNOWN, rule('constructor')]), context(), (name) => names.push(name));
  assert.equal(truth, undefined);
  assert.deepEqual(names, ['b.FromAnotherDecade', 'constructor']);
});

test('each rule answers about the machine', () => {
  const machine = createMachine({
    registry: new Map<string, string | number>([
      ['hklm\\software\\contoso\\release', 528049],
      ['hklm\\software\\contoso\\version', '4.8.3761.0'],
      ['hklm\\software\\contoso\\folder', '%ProgramFiles%\\Contoso\\'],
    ]),
    files: new Map([
      ['c:\\windows\\system32\\ntoskrnl.exe', '10.0.17763.4851'],
      ['c:\\program files\\contoso\\app.dll', '4.8.1.0'],
    ]),
    packages: new Map([['package_for_rollupfix', '17763.4851.1.10']]),
    products: new Map([['90160000-008c-0000-0000-0000000ff1ce', '16.0.4266.1001']]),
    patches: new Set(['11111111-2222-3333-4444-555555555555']),
    wmi: new Map([['select * from win32_service where name = "dns"', true]]),
    licences: new Map([['contoso-feature', 1]]),
    metrics: new Map([[89, 0]]),
    installedOnce: new Set(['aaaaaaaa-0000-0000-0000-000000000000']),
  });
  const registry = { Key: 'HKEY_LOCAL_MACHINE', Subkey: 'SOFTWARE\\Contoso' };
  const release = { ...registry, Value: 'Release' };
  const office = { ProductCode: '{90160000-008C-0000-0000-0000000FF1CE}' };
  const version = { MajorVersion: '10', MinorVersion: '0' };
  const table: [string, Record<string, string>, Truth][] = [
    ['b.WindowsVersion', { ...version, BuildNumber: '17763' }, true],
    ['b.WindowsVersion', { ...version, BuildNumber: '17762', Comparison: 'GreaterThan' }, true],
    ['b.WindowsVersion', { MajorVersion: '6', MinorVersion: '3', Comparison: 'GreaterThanOrEqualTo' }, true],
    ['b.WindowsVersion', { ...version, BuildNumber: '20348', Comparison: 'GreaterThanOrEqualTo' }, false],
    ['b.WindowsVersion', { ...version, ProductType: '3' }, true],
    ['b.WindowsVersion', { ...version, ProductType: '1' }, false],
    ['b.WindowsVersion', { ...version, SuiteMask: '16' }, true],
    ['b.WindowsVersion', { ...version, SuiteMask: '18', AllSuitesMustBePresent: 'true' }, false],
    ['b.WindowsVersion', { ...version, SuiteMask: '18' }, true],
    ['b.WindowsVersion', { ...version, Comparison: 'Roughly' }, undefined],
    ['b.PlatformVersion', version, true],
    ['b.Platform', { PlatformID: '2' }, true],
    ['b.Processor', { Architecture: '9' }, true],
    ['b.Processor', { Architecture: '12' }, false],
    ['b.Processor', { Architecture: '9', Level: '6' }, undefined],
    ['b.WindowsLanguage', { Language: 'en' }, true],
    ['b.WindowsLanguage', { Language: 'de' }, false],
    ['b.MuiInstalled', {}, false],
    ['b.SystemMetric', { Index: '89', Comparison: 'EqualTo', Value: '0' }, true],
    ['b.RegKeyExists', registry, true],
    ['b.RegKeyExists', { ...registry, Subkey: 'SOFTWARE\\Cont' }, false],
    ['b.RegValueExists', { ...release, Type: 'REG_DWORD' }, true],
    ['b.RegValueExists', { ...release, Type: 'REG_SZ' }, false],
    ['b.RegDword', { ...release, Comparison: 'GreaterThanOrEqualTo', Data: '461814' }, true],
    ['b.RegDword', { ...release, Comparison: 'LessThan', Data: '461814' }, false],
    ['b.RegDword', { ...registry, Value: 'Version', Comparison: 'EqualTo', Data: '4' }, false],
    ['b.RegSz', { ...registry, Value: 'Version', Comparison: 'BeginsWith', Data: '4.8' }, true],
    ['b.RegSz', { ...registry, Value: 'None', Comparison: 'EqualTo', Data: '' }, false],
    ['b.RegSzToVersion', { ...registry, Value: 'Version', Comparison: 'GreaterThan', Data: '4.8.99' }, true],
    ['b.FileExists', { Csidl: '37', Path: 'ntoskrnl.exe' }, true],
    ['b.FileExists', { Path: '%windir%\\system32\\absent.dll' }, false],
    ['b.FileExists', { Csidl: '9999', Path: 'x' }, undefined],
    ['b.FileVersion', { Csidl: '37', Path: 'ntoskrnl.exe', Comparison: 'LessThan', Version: '10.0.17763.5000' }, true],
    [
      'b.FileVersionPrependRegSz',
      { ...registry, Value: 'Folder', Path: 'app.dll', Comparison: 'EqualTo', Version: '4.8.1' },
      true,
    ],
    ['b.FileExistsPrependRegSz', { ...registry, Value: 'Nowhere', Path: 'app.dll' }, false],
    ['b.LicenseValueExists', { Value: 'Contoso-Feature' }, true],
    ['b.LicenseDword', { Value: 'Contoso-Feature', Comparison: 'EqualTo', Data: '0' }, false],
    ['b.WmiQuery', { WqlQuery: 'SELECT *\n FROM Win32_Service WHERE Name = "DNS"' }, true],
    ['b.WmiQuery', { WqlQuery: 'SELECT * FROM Win32_Fan' }, undefined],
    ['b.InstalledOnce', {}, true],
    ['CbsPackageInstalledByIdentity', { PackageIdentity: 'Package_for_RollupFix~31bf~amd64~~17763.1.1.1' }, true],
    ['CbsPackageInstalledByIdentity', { PackageIdentity: 'Package_for_RollupFix~31bf~amd64~~17763.4974.1' }, false],
    ['CbsPackageInstalledByIdentity', { PackageIdentity: 'nonsense' }, undefined],
    ['CbsPackageInstalled', {}, undefined],
    ['m.MsiProductInstalled', office, true],
    ['m.MsiProductInstalled', { ...office, VersionMax: '16.0.4266.1001', ExcludeVersionMax: 'true' }, false],
    ['m.MsiProductInstalled', { ...office, VersionMin: '17.0' }, false],
    ['m.MsiPatchInstalledForProduct', { ...office, PatchCode: '{11111111-2222-3333-4444-555555555555}' }, true],
  ];
  for (const [name, attributes, expected] of table) {
    assert.equal(evaluate(rule(name, attributes), machine), expected, `${name} ${JSON.stringify(attributes)}`);
  }
});

test('a servicing package is installed from its version on, and installable where its architecture and a parent are', () => {
  const metadata = packageMetadata('Package_for_X', '10.0.2.0', 'amd64', 'Server-Edition');
  const bare = createMachine();
  const ready = createMachine({ packages: new Map([['server-edition', '10.0.1.1']]) });
  const older = createMachine({ packages: new Map([['package_for_x', '10.0.1.9']]) });
  const newer = createMachine({ packages: new Map([['package_for_x', '10.0.10.0']]) });
  const ask = (name: string, machine: MachineState) => evaluateRule(rule(name), { ...context(machine), metadata });
  assert.equal(ask('CbsPackageInstalled', bare), false);
  assert.equal(ask('CbsPackageInstalled', older), false);
  assert.equal(ask('CbsPackageInstalled', newer), true);
  assert.equal(ask('CbsPackageInstallable', bare), false, 'no parent');
  assert.equal(ask('CbsPackageInstallable', ready), true);
  assert.equal(ask('CbsPackageInstallable', { ...ready, architecture: 'X86' }), false);
});

test('a driver is installable where its device has none, or an older one', () => {
  const carried = { HardwareID: 'PCI\\VEN_8086', DriverVerDate: '2023-05-01', DriverVerVersion: '2.0.0.0' };
  const metadata = rule('Metadata', {}, [rule('d.WindowsDriverMetaData', carried)]);
  const ask = (name: string, devices: MachineState['devices']) =>
    evaluateRule(rule(name), { ...context(createMachine({ devices })), metadata });
  const id = 'pci\\ven_8086';
  assert.equal(ask('d.WindowsDriverInstallable', new Map()), false, 'no such device');
  assert.equal(ask('d.WindowsDriverInstallable', new Map([[id, null]])), true);
  assert.equal(ask('d.WindowsDriverInstallable', new Map([[id, { date: '2022-01-01', version: '9.0' }]])), true);
  assert.equal(ask('d.WindowsDriverInstalled', new Map([[id, { date: '2023-05-01', version: '2.0' }]])), true);
  assert.equal(ask('d.WindowsDriverSuperseded', new Map([[id, { date: '2024-01-01', version: '1.0' }]])), true);
});

test('versions order number by number', () => {
  assert.equal(compareVersions('10.0.9', '10.0.10'), -1);
  assert.equal(compareVersions('1.0', '1.0.0.0'), 0);
  const version = fc.array(fc.nat(70_000), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const differing = a.findIndex((part, index) => part !== b[index]);
      const expected = differing === -1 ? 0 : Math.sign((a[differing] ?? 0) - (b[differing] ?? 0));
      assert.equal(compareVersions(a.join('.'), b.join('.')), expected);
    }),
  );
});

function rule(name: string, attributes: Record<string, string> = {}, children: readonly Rule[] = []): Rule {
  return { name, attributes, children };
}

function context(machine: MachineState = createMachine()): RuleContext {
  return { machine, updateId: 'aaaaaaaa-0000-0000-0000-000000000000', metadata: undefined };
}

function evaluate(asked: Rule, machine?: MachineState): Truth {
  return evaluateRule(asked, context(machine));
}

function packageMetadata(name: string, version: string, processorArchitecture: string, parent: string): Rule {
  const parents = rule('parent', {}, [rule('assemblyIdentity', { name: parent, version: '10.0.0.0' })]);
  return rule('Metadata', {}, [
    rule('CbsPackageApplicabilityMetadata', {}, [
      rule('assembly', {}, [
        rule('assemblyIdentity', { name, version, processorArchitecture }),
        rule('package', {}, [parents]),
      ]),
    ]),
  ]);
}
