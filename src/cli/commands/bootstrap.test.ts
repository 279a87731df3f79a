import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { cli, fakeService, temporaryFolder } from '#cli/testing/cli.ts';

const ANSWER = {
  customer: 'Acme',
  region: 'LON',
  wuServer: 'https://wu.example.net/st-token',
  schedule: 'every day at 02:00, zone Europe/London',
  files: [
    { name: 'policy.reg', encoding: 'utf-16le', text: 'Windows Registry Editor Version 5.00\r\n' },
    { name: 'enrol.ps1', encoding: 'ascii', text: '# enrol\r\n' },
  ],
  warnings: ['Try it first.'],
};

it('writes the files in their encodings, for their owner only', async (t) => {
  const { url, seen } = await fakeService(t, () => ({ body: ANSWER }));
  const out = join(await temporaryFolder(t), 'new');
  const words = [
    'bootstrap',
    '--customer',
    'Acme',
    '--token',
    'st-token',
    '--profile',
    'seed',
    '--no-task',
    '--out',
    out,
  ];
  const { status, stdout } = await cli(words, { env: { ST_URL: url } });
  assert.equal(status, 0, stdout);
  assert.equal(seen[0]?.path, '/customers/Acme/bootstrap');
  assert.deepEqual(JSON.parse(String(seen[0]?.body)), { token: 'st-token', profile: 'seed', task: false });
  const registry = await readFile(join(out, 'policy.reg'));
  assert.deepEqual([...registry.subarray(0, 4)], [0xff, 0xfe, 'W'.charCodeAt(0), 0]);
  assert.equal(await readFile(join(out, 'enrol.ps1'), 'latin1'), '# enrol\r\n');
  assert.equal((await stat(join(out, 'policy.reg'))).mode & 0o777, 0o600);
  assert.match(stdout, /Warning: Try it first\./);
  assert.doesNotMatch(stdout, /enrols nobody any more/);
});

it('says that a new token ends the one before', async (t) => {
  const { url } = await fakeService(t, () => ({ body: { ...ANSWER, token: 'st-new' } }));
  const out = join(await temporaryFolder(t), 'new');
  const { stdout } = await cli(['bootstrap', '--customer', 'Acme', '--new-token', '--out', out], {
    env: { ST_URL: url },
  });
  assert.match(stdout, /New token +st-new\n/);
  assert.match(stdout, /A token made earlier enrols nobody any more/);
});

it('asks for nothing before the folder is there and empty, so that no new token is lost', async (t) => {
  const { url, seen } = await fakeService(t, () => ({ body: ANSWER }));
  const out = await temporaryFolder(t);
  await writeFile(join(out, 'install-task.ps1'), 'an older one');
  const { status, stderr } = await cli(['bootstrap', '--customer', 'Acme', '--new-token', '--out', out], {
    env: { ST_URL: url },
  });
  assert.equal(status, 1);
  assert.match(stderr, /not empty.*--out.*\(conflict\.exists\)/s);
  assert.deepEqual([seen.length, await readdir(out)], [0, ['install-task.ps1']]);
});

it('writes nothing outside of the folder, whatever the service names', async (t) => {
  for (const name of ['../evil.ps1', '/etc/x.ps1', 'C:\\x.ps1', '.x', '']) {
    const files = [{ name, encoding: 'ascii', text: 'x' }];
    const { url } = await fakeService(t, () => ({ body: { ...ANSWER, files } }));
    const out = join(await temporaryFolder(t), 'new');
    const { status } = await cli(['bootstrap', '--customer', 'Acme', '--token', 'x', '--out', out], {
      env: { ST_URL: url },
    });
    assert.equal(status, 1, name);
    assert.deepEqual(await readdir(out), []);
  }
});

it('wants one token, and no contradictions', async (t) => {
  const out = await temporaryFolder(t);
  for (const more of [
    [],
    ['--token', 'x', '--new-token'],
    ['--token', 'x', '--task', '--no-task'],
    ['--token', 'x', '--hour', 'two'],
  ])
    assert.equal((await cli(['bootstrap', '--customer', 'Acme', '--out', out, ...more])).status, 2, more.join(' '));
});

it('shows regions, which of them are examples, and clones with their cure', async (t) => {
  const region = {
    name: 'LON',
    title: 'London',
    aliases: ['lon1'],
    zone: 'Europe/London',
    latitude: 51.5,
    longitude: -0.5,
  };
  const example = { ...region, endpoint: 'https://msupdate.lon.example.com', isSetUp: false, isShipped: true };
  const at = '2023-10-12T00:00:00Z';
  const clone = {
    ...{ serverId: '00000000-0000-4000-8000-000000000001', clientId: 'c', dnsName: 'a', differ: 'name' },
    machines: [
      { machine: 'a', firstSeen: at, lastSeen: at },
      { machine: 'b', firstSeen: at, lastSeen: at },
    ],
  };
  const { url, seen } = await fakeService(t, ({ method, path }) => {
    if (method === 'PUT') return { body: { ...example, endpoint: 'https://wu.example.net', isSetUp: true } };
    return { body: path === '/clones' ? { items: [clone], cure: ['Stop-Service wuauserv'] } : { items: [example] } };
  });
  const env = { ST_URL: url };
  assert.match(
    (await cli(['regions', 'list'], { env })).stdout,
    /LON +London +https:\/\/msupdate\.lon\.example\.com \(an example\)/,
  );
  const set = await cli(['regions', 'set', 'LON', '--endpoint', 'https://wu.example.net/', '--longitude=-0.5'], {
    env,
  });
  assert.equal(set.status, 0, set.stderr);
  assert.deepEqual(JSON.parse(String(seen[1]?.body)), { endpoint: 'https://wu.example.net', longitude: -0.5 });
  assert.match((await cli(['servers', 'clones'], { env })).stdout, /administrator:\n.*Stop-Service wuauserv/s);
  assert.equal((await cli(['regions', 'set', 'LON'], { env })).status, 2);
});

it('shows the report of a settings task, or that there is none', async (t) => {
  const at = '2023-10-12T00:00:00Z';
  const report = {
    ...{ settingsVersion: 'v1', overwrittenByPolicy: true, bootedAt: at, pendingRestart: true },
    ...{ systemDiskFreeMegabytes: 5, stoppedServices: ['W32Time'], eventLogErrors: 2 },
  };
  const { url } = await fakeService(t, ({ path }) => ({
    body: path.includes('old') ? { server: 'old' } : { server: 'srv1', at, report },
  }));
  const env = { ST_URL: url };
  const { stdout } = await cli(['servers', 'report', 'srv1'], { env });
  assert.match(stdout, /v1, written over by a domain policy.*W32Time.*Backup +unknown/s);
  assert.match((await cli(['servers', 'report', 'old'], { env })).stdout, /has no settings task/);
});
