import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approve } from '#domain/approval/approve.ts';
import { defaultPolicy, LATER, type Sketch, sketch } from '#server/testing/update-sketch.ts';

const POLICY = defaultPolicy();

function judged(given: Sketch, osBuild?: number): string {
  const { revision, catalogue } = sketch(given);
  const { verdict, rule } = approve(
    POLICY,
    revision,
    catalogue,
    osBuild === undefined ? undefined : { osBuild },
    LATER,
  );
  return `${verdict} by ${rule}`;
}

const STATEMENTS: readonly [statement: string, update: Sketch, expected: string][] = [
  [
    'approve: updates of the OS that are installed by default (cumulative)',
    { title: '2024-09 Cumulative Update for Windows Server 2019 for x64-based Systems (KB5043050)' },
    'approve by os-cumulative',
  ],
  [
    'approve: updates of the OS that are installed by default (servicing stack)',
    { title: '2021-08 Servicing Stack Update for Windows Server 2019 for x64-based Systems (KB5005112)' },
    'approve by os-cumulative',
  ],
  [
    'approve: updates of the OS that are installed by default (their metadata says so)',
    {
      title: 'Update for Removal of Adobe Flash Player for Windows Server 2019 for x64-based systems (KB4577586)',
      classification: 'Updates',
      installedByDefault: true,
    },
    'approve by os-default',
  ],
  [
    'approve: updates of the OS that are installed by default (critical)',
    { title: '2018-09 Update for Windows Server 2016 1803 (KB4456655)', classification: 'Critical Updates' },
    'approve by os-critical',
  ],
  [
    'approve: updates of the OS that are installed by default (removal tool)',
    { title: 'Windows Malicious Software Removal Tool x64 - v5.130 (KB890830)', classification: 'Update Rollups' },
    'approve by os-removal-tool',
  ],
  [
    'approve: security updates of add-on roles, Internet Explorer',
    { title: 'Cumulative Security Update for Internet Explorer 11 for Windows Server 2012 R2' },
    'approve by os-roles-security',
  ],
  [
    'approve: security updates of add-on services, IIS',
    { title: 'Security Update for Internet Information Services 7.5' },
    'approve by os-roles-security',
  ],
  [
    'approve: security updates of the .NET Framework',
    { title: '2024-07 Cumulative Update for .NET Framework 4.8 for Windows Server 2016 for x64 (KB5039885)' },
    'approve by dotnet-security',
  ],
  [
    'approve: non-security updates that all customers need, cumulative time zone updates',
    { title: 'Cumulative time zone update for Windows operating systems', classification: 'Updates' },
    'approve by time-zones',
  ],
  [
    'review: other non-security updates wait for a determination that customers as a whole need them',
    { title: '2021-01 Update for Windows Server 2019 for x64-based Systems (KB4589208)', classification: 'Updates' },
    'review by os-non-security',
  ],
  [
    'approve: the latest definitions of Windows Defender',
    {
      title: 'Security Intelligence Update for Microsoft Defender Antivirus - KB2267602',
      classification: 'Definition Updates',
      products: ['Microsoft Defender Antivirus'],
    },
    'approve by defender-definitions',
  ],
  [
    'do not approve: Windows service packs',
    { title: 'Windows Server 2008 R2 Service Pack 1 (KB976932)', classification: 'Service Packs' },
    'not-approve by service-packs',
  ],
  [
    'do not approve: new versions of Internet Explorer',
    { title: 'Internet Explorer 11 for Windows Server 2008 R2', classification: 'Update Rollups' },
    'not-approve by internet-explorer-versions',
  ],
  [
    'do not approve: non-security updates of the .NET Framework',
    { title: '2022-10 Cumulative Update for .NET Framework 3.5 and 4.8 (KB5018551)', classification: 'Updates' },
    'not-approve by dotnet-non-security',
  ],
  [
    'do not approve: previews of the .NET Framework',
    { title: '2024-09 Cumulative Update Preview for .NET Framework 4.8', classification: 'Updates' },
    'not-approve by dotnet-previews',
  ],
  [
    'do not approve: releases of the .NET Framework',
    { title: 'Microsoft .NET Framework 4.8 for Windows Server 2019 (KB4486153)', classification: 'Feature Packs' },
    'not-approve by dotnet-non-security',
  ],
  [
    'do not approve: Microsoft Office, not even its security updates',
    { title: 'Security Update for Microsoft Office 2016 (KB4493154)', products: ['Office 2016'], family: 'Office' },
    'not-approve by office',
  ],
  [
    'do not approve: add-on Microsoft products, not even their security updates',
    {
      title: 'Security Update for SQL Server 2019 RTM GDR',
      products: ['Microsoft SQL Server 2019'],
      family: 'SQL Server',
    },
    'not-approve by microsoft-add-ons',
  ],
  [
    'do not approve: third-party software',
    { title: 'Contoso Reader 12', company: 'Contoso', family: 'Contoso', products: ['Reader'] },
    'not-approve by third-party',
  ],
  [
    'review: drivers',
    { updateType: 'Driver', title: 'Intel - net - 12.18', classification: 'Drivers' },
    'review by drivers',
  ],
  [
    'review: previews',
    { title: '2024-09 Cumulative Update Preview for Windows Server 2019', classification: 'Updates' },
    'review by previews',
  ],
];

for (const [statement, update, expected] of STATEMENTS) {
  test(statement, () => {
    assert.equal(judged(update), expected);
  });
}

test('every rule of the policy has a statement above, or is tested against real catalogues', () => {
  const tested = new Set(STATEMENTS.map(([, , expected]) => expected.split(' by ')[1]));
  const untested = POLICY.rules.map(({ name }) => name).filter((name) => !tested.has(name));
  assert.deepEqual(untested, ['feature-upgrades', 'setup-files']);
});

const KB5044284: Sketch = {
  kb: '5044284',
  title:
    '2024-10 Cumulative Update for Microsoft server operating system version 24H2 for x64-based Systems (KB5044284)',
  products: ['Microsoft Server Operating System-24H2'],
};

test('KB5044284 is the cumulative update of Server 2025 on build 26100, and an upgrade in disguise on 20348 and 17763', () => {
  assert.equal(judged(KB5044284, 26100), 'approve by os-cumulative');
  assert.equal(judged(KB5044284, 20348), 'review by feature-upgrades');
  assert.equal(judged(KB5044284, 17763), 'review by feature-upgrades');
});

test('KB5044284 as an upgrade is held on every build, even on 26100', () => {
  for (const osBuild of [26100, 20348, 17763]) {
    assert.equal(judged({ ...KB5044284, classification: 'Upgrades' }, osBuild), 'review by feature-upgrades');
    assert.equal(judged({ ...KB5044284, osUpgrade: 'swap' }, osBuild), 'review by feature-upgrades');
  }
});

test('the KB number and the title decide nothing: the same upgrade under other names is held too', () => {
  const renamed: Sketch = {
    ...KB5044284,
    kb: '890830',
    title: 'Windows Malicious Software Removal Tool x64 (KB890830)',
  };
  for (const osBuild of [20348, 17763]) assert.equal(judged(renamed, osBuild), 'review by feature-upgrades');
  assert.equal(judged({ ...renamed, classification: 'Upgrades' }, 26100), 'review by feature-upgrades');
  const title = '2024-10 Cumulative Update for .NET Framework 4.8 (KB5044284)';
  assert.equal(judged({ ...KB5044284, title }, 20348), 'review by feature-upgrades');
});

test('KB5044284 on another product is judged as what it is', () => {
  assert.equal(judged({ ...KB5044284, products: ['Windows Server 2019'] }, 17763), 'approve by os-cumulative');
});

test('what no rule speaks about waits for a person', () => {
  const { revision, catalogue } = sketch({});
  const verdict = approve(POLICY, { ...revision, prerequisites: [] }, catalogue, undefined, LATER);
  assert.equal(`${verdict.verdict} by ${verdict.rule}`, 'review by (default)');
});
