import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { agentScripts } from '#server/agent-scripts.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import { type BootstrapChoice, bootstrapFiles, managedNames } from './bootstrap.ts';
import { seedPolicy } from './policy-values.ts';
import { AU_KEY, WINDOWS_UPDATE_KEY } from './registry-value.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
const SCRIPTS = agentScripts();
const CHOICES: Readonly<Record<'seed' | 'plan', BootstrapChoice>> = {
  seed: {
    customer: 'Example Ltd.',
    profile: 'seed',
    endpoint: 'https://msupdate.dfw.example.com',
    token: 'st-abcdefghijklmnopqrstuvwxyz234567',
    time: { day: 0, hour: 2, windowMinutes: 180 },
    schedule: 'every day at 02:00',
    strict: false,
    task: false,
  },
  plan: {
    customer: 'Example Ltd.',
    profile: 'plan',
    endpoint: 'https://msupdate.lon.example.com:8531',
    token: 'st-abcdefghijklmnopqrstuvwxyz234567',
    time: { day: 1, hour: 22, windowMinutes: 240 },
    schedule: 'plan default, Sunday at 22:00, zone Europe/London',
    strict: true,
    group: 'SQL',
    task: true,
  },
};

/** Bytes as they are written, and as git keeps them: text whatever the line ends of a checkout. */
function withUnixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

for (const [profile, choice] of Object.entries(CHOICES)) {
  const made = bootstrapFiles(choice, SCRIPTS);
  assert.ok(made.ok);
  for (const { name, text } of made.files) {
    test(`${profile}: ${name} is as it was looked over`, () => {
      const file = join(GOLDEN, `${profile}-${name}.golden`);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, withUnixLines(text));
      assert.equal(withUnixLines(text), withUnixLines(readFileSync(file, 'utf8')));
    });
    test(`${profile}: ${name} is ASCII with the line ends of Windows`, () => {
      assert.match(text, /^(?:[\x20-\x7e]*\r\n)+$/);
    });
  }
}

test('the seed profile is, value by value, what the service publishes', (t) => {
  const shared = sharedFolder();
  const published = shared
    ? publishedValues(readFileSync(resolve(shared, 'seeds/windows-patches-managed-operations.txt'), 'utf8'))
    : FACTS;
  if (!shared) t.diagnostic('the published article is absent; compared with the facts that were taken from it');
  const server = published.get(`${WINDOWS_UPDATE_KEY}\\WUServer`.toLowerCase());
  assert.ok(typeof server === 'string');
  const ours = new Map(
    seedPolicy({ wuServer: server, time: { day: 0, hour: 2, windowMinutes: 180 } }).map(({ key, name, value }) => [
      `${key}\\${name}`.toLowerCase(),
      value,
    ]),
  );
  assert.deepEqual(ours, published);
  assert.deepEqual(new Map([...FACTS].sort()), new Map([...published].sort()));
});

const FACTS: ReadonlyMap<string, string | number> = new Map<string, string | number>(
  [
    [WINDOWS_UPDATE_KEY, 'AcceptTrustedPublisherCerts', 1],
    [WINDOWS_UPDATE_KEY, 'WUServer', 'https://msupdate.dfw1.rackspace.com'],
    [WINDOWS_UPDATE_KEY, 'WUStatusServer', 'https://msupdate.dfw1.rackspace.com'],
    [AU_KEY, 'AUOptions', 4],
    [AU_KEY, 'AutoInstallMinorUpdates', 0],
    [AU_KEY, 'DetectionFrequency', 0x16],
    [AU_KEY, 'DetectionFrequencyEnabled', 1],
    [AU_KEY, 'NoAutoRebootWithLoggedOnUsers', 0],
    [AU_KEY, 'NoAutoUpdate', 0],
    [AU_KEY, 'RackSpaceDefaults', 1],
    [AU_KEY, 'ScheduledInstallDay', 0],
    [AU_KEY, 'ScheduledInstallTime', 2],
    [AU_KEY, 'UseWUServer', 1],
  ].map(([key, name, value]) => [`${key}\\${name}`.toLowerCase(), value ?? '']),
);

/** The registry block of the article: `[KEY]` and `"Name"=value`, several of which may stand in one line. */
function publishedValues(article: string): ReadonlyMap<string, string | number> {
  const values = new Map<string, string | number>();
  let key = '';
  for (const [, section, name, text, dword] of article.matchAll(
    /\[HKEY_LOCAL_MACHINE\\([^\]]+)\]|"(\w+)"=(?:"([^"]*)"|dword:([0-9a-f]{8}))/gi,
  )) {
    if (section !== undefined) key = section;
    else values.set(`${key}\\${name}`.toLowerCase(), text ?? Number.parseInt(dword ?? '', 16));
  }
  return values;
}

test("the seed's three commands stand in the script as they are published", () => {
  const made = bootstrapFiles(CHOICES.seed, SCRIPTS);
  assert.ok(made.ok);
  const script = made.files.find(({ name }) => name === 'enrol.ps1')?.text ?? '';
  for (const command of [
    'Set-Service -Name wuauserv -StartupType Automatic',
    'Restart-Service -Name wuauserv',
    'gpupdate.exe /force',
  ])
    assert.match(script, new RegExp(`^${command.replaceAll('.', '\\.')}\\r$`, 'm'));
});

test('the settings task may write exactly what the plan profile sets, the target group aside', () => {
  const made = bootstrapFiles(CHOICES.plan, SCRIPTS);
  assert.ok(made.ok);
  const set = made.values.map(({ name }) => name).filter((name) => !name.startsWith('TargetGroup'));
  const table = SCRIPTS.settingsTask.slice(
    SCRIPTS.settingsTask.indexOf('$Allowed = @{'),
    SCRIPTS.settingsTask.indexOf('\n}\n'),
  );
  const listed = [...table.matchAll(/'(\w+)'/g)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), set.sort());
});

test('what opt-out puts back covers every value that is ever set', () => {
  const made = bootstrapFiles(CHOICES.plan, SCRIPTS);
  assert.ok(made.ok);
  const managed = managedNames(made.values).map(({ key, name }) => `${key}\\${name}`);
  for (const { key, name } of [...made.values, ...seedPolicy({ time: CHOICES.seed.time })])
    assert.ok(managed.includes(`${key}\\${name}`), name);
});

test('the file for Group Policy is well-formed and holds every value', () => {
  const made = bootstrapFiles(CHOICES.plan, SCRIPTS);
  assert.ok(made.ok);
  const xml = made.files.find(({ name }) => name === 'gpo-registry.xml')?.text ?? '';
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'Properties') names.push(attributes.name ?? '');
  });
  parser.write(xml).close(); // throws on what is not well-formed
  assert.deepEqual(
    names,
    made.values.map(({ name }) => name),
  );
});

const HOSTILE = [
  "x'; Remove-Item C:\\ -Recurse #",
  'x\r\n[HKEY_LOCAL_MACHINE\\SYSTEM]',
  'x\nStart-Process calc',
  '"@ Invoke-Expression',
  '\u2019; calc #',
  'x\u0000y',
  '$(calc)',
  '--><x>',
];

test('hostile names never leave their comment, and hostile URLs, tokens and groups are refused', () => {
  for (const evil of HOSTILE) {
    const { plan } = CHOICES;
    for (const change of [{ endpoint: `https://${evil}` }, { endpoint: evil }, { token: evil }, { group: evil }])
      assert.equal(bootstrapFiles({ ...plan, ...change }, SCRIPTS).ok, false, JSON.stringify(change));
    const made = bootstrapFiles({ ...plan, customer: evil }, SCRIPTS);
    const usual = bootstrapFiles(plan, SCRIPTS);
    assert.ok(usual.ok);
    if (!made.ok) continue;
    for (const [at, { name, text }] of made.files.entries()) {
      const same: readonly string[] = usual.files[at]?.text.split('\r\n') ?? [];
      const lines = text.split('\r\n');
      assert.equal(lines.length, same.length, name);
      const differing = lines.filter((line, n) => line !== same[n]);
      for (const line of differing) assert.match(line, /^(# |; |<!-- .* -->$)/, name);
      for (const line of differing.filter((one) => one.startsWith('<!--')))
        assert.doesNotMatch(line.slice(4, -3), /--/);
    }
  }
});
