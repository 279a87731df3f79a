import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { COMMANDS } from '#cli/commands.ts';
import { cli, closedAddress, fakeService, refusal, temporaryFolder } from '#cli/testing/cli.ts';

const CLOCK = { clock: 'real', at: '2023-10-12T08:30:00Z' } as const;

describe('help', () => {
  it('lists every command in one line of the overview', async () => {
    const { status, stdout } = await cli(['--help']);
    assert.equal(status, 0);
    for (const { name, summary } of COMMANDS) {
      assert.equal(
        stdout.split('\n').filter((line) => line.trimStart().startsWith(`${name} `) && line.includes(summary)).length,
        1,
        name,
      );
    }
  });

  it('is there for every command, with its usage and all its options', async () => {
    for (const { name, options, positionals } of COMMANDS) {
      const { status, stdout } = await cli([...name.split(' '), '--help']);
      assert.equal(status, 0, name);
      assert.ok(stdout.startsWith(`second-tuesday ${name}`), name);
      for (const option of [...Object.keys(options), 'json', 'help'])
        assert.ok(stdout.includes(`--${option}`), `${name} --${option}`);
      for (const { value } of Object.values(positionals)) assert.ok(stdout.includes(value), `${name} ${value}`);
    }
  });

  it('keeps to the width of a terminal', async () => {
    const { stdout } = await cli(['--help'], { columns: 60 });
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 60),
      [],
    );
  });

  it('gives the commands of a group, and the version', async () => {
    const group = await cli(['policy', '--help']);
    assert.equal(group.status, 0);
    assert.match(group.stdout, /policy test {2}/);
    const inner = await cli(['readiness', 'policy', '--help']);
    assert.equal(inner.status, 0);
    assert.match(inner.stdout, /readiness policy set {2}/);
    assert.doesNotMatch(inner.stdout, /readiness show/);
    assert.deepEqual(await cli(['--version']), { status: 0, stdout: '1.2.3\n', stderr: '' });
  });
});

describe('wrong usage', () => {
  const wrong: readonly (readonly [argv: readonly string[], says: RegExp])[] = [
    [[], /second-tuesday COMMAND/],
    [['policy'], /policy set/],
    [['sattus'], /no command "sattus"; did you mean "status"\?/],
    [['catalog', 'list'], /did you mean "catalogue list"\?/],
    [['why', 'srv1'], /UPDATE is missing/],
    [['why', 'srv1', 'KB5031361', 'more'], /"more" is one word too many/],
    [['why', 'srv1', 'KB5031361', '--then', 'x'], /Unknown option '--then'/],
    [['why', 'srv1', 'KB5031361', '--att', 'x'], /Unknown option '--att'; did you mean "--at"\?/],
    [['why', 'srv1', 'KB5031361', '--at'], /--at/],
    [['inventory', 'groups', 'set', 'web'], /"set" is one word too many/],
    [['readiness', 'policy'], /readiness policy set/],
    [['readiness', 'policy', 'tes'], /no command "readiness policy tes"; did you mean "readiness policy test"\?/],
    [['--jsn'], /no command "--jsn"/],
    [['approve', 'KB5031361'], /--why is missing/],
    [['forecast', 'srv1', '--weeks', 'two'], /--weeks: "two" is not a whole number/],
    [['servers', 'change', 'srv1', '--mode', 'managd'], /--mode: "managd" is not one of observe, managed/],
    [['servers', 'change', 'srv1', '--inherit', 'plan,hour'], /--inherit: "hour" is not one of/],
    [['plan', 'set', 'night', '--weekday', 's'], /--weekday: "s" is not a weekday/],
    [['policy', 'test', '/nowhere/policy.yaml'], /\/nowhere\/policy\.yaml: cannot be read: there is no such/],
    [['import'], /name what to import/],
    [['import', '--sample', 'october'], /--sample: "october" is not FROM\.\.TO/],
    [['simulate'], /either --url or --registry/],
    [['demo', '--servers', '3'], /--servers: 3 is less than 33/],
  ];
  for (const [argv, says] of wrong) {
    it(`exits with 2: ${argv.join(' ') || 'nothing'}`, async () => {
      const { status, stdout, stderr } = await cli(argv);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, says);
    });
  }

  it('shows how the command is used', async () => {
    const { stderr } = await cli(['why', 'srv1']);
    assert.equal(
      stderr,
      'second-tuesday: UPDATE is missing (usage.wrong)\n  - second-tuesday why SERVER UPDATE [--at INSTANT]\nCorrect what the message names; --help shows what is allowed.\n',
    );
  });

  it('names a setting that does not make an address', async () => {
    const { status, stderr } = await cli(['status'], { env: { ST_URL: 'ftp://patch.example.com' } });
    assert.equal(status, 2);
    assert.match(stderr, /ST_URL: "ftp:\/\/patch\.example\.com" does not make an http\(s\) address/);
  });
});

describe('failures', () => {
  it('says how to start the service when nothing answers', async () => {
    const url = await closedAddress();
    const { status, stdout, stderr } = await cli(['clock'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      [
        `second-tuesday: ${url} cannot be reached: ECONNREFUSED (service.unreachable)`,
        'Start it with `npm start` or `second-tuesday serve`; if it runs elsewhere, name its address in ST_URL.',
        '',
      ].join('\n'),
    );
  });

  it('prints message, code, details and advice of a refusal', async (t) => {
    const details = ['releaseWeek: 1 to 4', 'hour: a whole number from 0 to 23'];
    const { url } = await fakeService(t, () => refusal(422, 'plan.invalid', 'The plan cannot be kept', details));
    const { status, stderr } = await cli(['plan', 'set', 'night'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.equal(
      stderr,
      [
        'second-tuesday: The plan cannot be kept (plan.invalid)',
        '  - releaseWeek: 1 to 4',
        '  - hour: a whole number from 0 to 23',
        'The message names each field and its bounds.',
        '',
      ].join('\n'),
    );
  });

  it('tells where names are listed when there is none like it', async (t) => {
    const { url } = await fakeService(t, () => refusal(404, 'not-found', 'There is no server "srv1".'));
    const { stderr } = await cli(['servers', 'show', 'srv1'], { env: { ST_URL: url } });
    assert.match(stderr, /There is no server "srv1"\. \(not-found\)\n.*`servers list`.*a server with its domain\.\n$/);
  });

  it('prints them as JSON where JSON was asked for', async (t) => {
    const { url } = await fakeService(t, () => refusal(404, 'not-found', 'There is no server "x"'));
    const { status, stdout, stderr } = await cli(['servers', 'show', 'x', '--json'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
    assert.equal(error.code, 'not-found');
    assert.equal(error.message, 'There is no server "x"');
  });

  it('exits with 2 when the service calls the usage wrong', async (t) => {
    const { url } = await fakeService(t, () => refusal(400, 'usage.wrong', 'query.weeks: too large'));
    assert.equal((await cli(['forecast', 'srv1', '--weeks', '52'], { env: { ST_URL: url } })).status, 2);
  });

  it('does not take the page of some other server for an answer', async (t) => {
    const { url } = await fakeService(t, () => ({ status: 502, body: Buffer.from('<html>bad gateway</html>') }));
    const { status, stderr } = await cli(['clock'], { env: { ST_URL: url } });
    assert.equal(status, 1);
    assert.match(stderr, /service\.failed/);
  });

  it('stops when the person wants an end', async (t) => {
    const stop = new AbortController();
    const { url } = await fakeService(t, () => {
      stop.abort('SIGINT');
      return new Promise(() => {}); // never answers
    });
    const { status, stderr } = await cli(['clock'], { env: { ST_URL: url }, signal: stop.signal });
    assert.deepEqual({ status, stderr }, { status: 1, stderr: 'second-tuesday: stopped\n' });
  });
});

describe('the token', () => {
  it('comes from ST_TOKEN before the data directory', async (t) => {
    const dataDir = await temporaryFolder(t);
    await writeFile(join(dataDir, 'admin-token'), 'from-the-file\n');
    const { url, seen } = await fakeService(t, () => ({ body: CLOCK }));
    await cli(['clock'], { env: { ST_URL: url, ST_DATA_DIR: dataDir, ST_TOKEN: 'from-the-environment' } });
    await cli(['clock'], { env: { ST_URL: url, ST_DATA_DIR: dataDir } });
    assert.deepEqual(
      seen.map(({ authorization }) => authorization),
      ['Bearer from-the-environment', 'Bearer from-the-file'],
    );
  });

  it('is looked for in places that the refusal names, without showing it', async (t) => {
    const dataDir = await temporaryFolder(t);
    const { url } = await fakeService(t, () => refusal(401, 'auth.missing', 'No token'));
    const none = await cli(['clock'], { env: { ST_URL: url, ST_DATA_DIR: dataDir } });
    assert.equal(none.status, 1);
    assert.match(none.stderr, /no token: ST_TOKEN is not set and .*admin-token cannot be read \(auth\.missing\)/);
    const wrong = await cli(['clock'], { env: { ST_URL: url, ST_TOKEN: 'hunter2' } });
    assert.match(wrong.stderr, /it comes from ST_TOKEN/);
    assert.doesNotMatch(wrong.stderr, /hunter2/);
  });
});

describe('hostile text', () => {
  const evil = 'srv1\u001b[2J\u001b]0;owned\u0007\u202egpj.\u009b31m\r\nServer  forged';
  const server = {
    serverId: '11111111-1111-4111-8111-111111111111',
    clientId: 'c1',
    dnsName: evil,
    os: 'Windows Server 2022',
    zone: 'Europe/London',
    mode: 'managed',
    firstSeen: '2023-10-09T08:00:00Z',
    lastSeen: '2023-10-12T08:00:00Z',
    tally: { installed: 1, needed: 2, downloaded: 0, pendingRestart: 0, failed: 0 },
    compliance: 'not-compliant',
  };

  it('cannot steer the terminal, nor forge a line', async (t) => {
    const { url } = await fakeService(t, () => ({ body: server }));
    const { stdout } = await cli(['servers', 'show', 'srv1'], { env: { ST_URL: url }, columns: 100 });
    assert.match(stdout, /^Server {6,}srv1/);
    assert.equal(stdout.split('\n').filter((line) => line.startsWith('Server')).length, 1);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
  });

  it('stands escaped in JSON, and is the same value', async (t) => {
    const { url } = await fakeService(t, () => ({ body: server }));
    const { stdout } = await cli(['servers', 'show', 'srv1', '--json'], { env: { ST_URL: url } });
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    assert.equal((JSON.parse(stdout) as { dnsName: string }).dnsName, evil);
  });

  it('is cleaned in error messages', async (t) => {
    const { url } = await fakeService(t, () => refusal(404, 'not-found', `no server ${evil}`));
    const { stderr } = await cli(['servers', 'show', 'srv1'], { env: { ST_URL: url } });
    assert.doesNotMatch(stderr.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
  });
});

describe('progress', () => {
  it('shows on stderr while an answer is waited for, and leaves a terminal clean', async (t) => {
    const shown = Promise.withResolvers<void>();
    const { url } = await fakeService(t, async () => {
      await shown.promise;
      return { body: CLOCK };
    });
    const { status, stdout, stderr } = await cli(['clock'], {
      env: { ST_URL: url },
      columns: 80,
      onStderr: (text) => text.includes('clock: waiting for the service') && shown.resolve(),
    });
    assert.equal(status, 0);
    assert.equal(stdout, 'Real: 2023-10-12T08:30:00Z\n');
    assert.ok(stderr.endsWith('\r\x1b[2K'));
  });
});

describe('local commands', () => {
  it('get their options and give the exit status', async () => {
    const got: unknown[] = [];
    const local = {
      simulate: async (options: unknown) => Number(got.push(options)) + 2,
      restore: async (options: unknown) => Number(got.push(options)) - 2,
    };
    const url = 'https://127.0.0.1:8531/st-x';
    assert.equal((await cli(['simulate', '--url', url, '--os', '2019', '--days', '3'], { local })).status, 3);
    assert.equal((await cli(['restore', 'b.zst', '--json'], { local })).status, 0);
    assert.deepEqual(got, [
      { url, os: '2019', servers: 10, days: 3, once: false, json: false },
      { file: 'b.zst', json: true },
    ]);
  });
});
