import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const HOME = join(import.meta.dirname, '..');
const SECTION = '## From nothing to the first server';
const TEN_MINUTES = 600_000;

const skip =
  process.env.ST_NEWCOMER === '1'
    ? false
    : 'clones, installs from the npm registry and takes ports 8080 and 8531; run it with ST_NEWCOMER=1';

test('from a clone to the first server, by the commands of the guide as they stand', {
  skip,
  timeout: TEN_MINUTES,
}, async (t) => {
  assert.deepEqual(await Promise.all([8080, 8531].map(isTaken)), [false, false], 'ports 8080 and 8531 must be free');
  const folder = await mkdtemp(join(tmpdir(), 'st-newcomer-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const commands = await shellBlocks(SECTION);
  assert.ok(commands.length >= 4, 'the guide has its commands');
  const began = performance.now();
  const { status, output } = await run(commands.join('\n'), folder);
  const seconds = Math.round((performance.now() - began) / 1000);
  t.diagnostic(`from clone to the first server: ${seconds} s`);
  assert.equal(status, 0, output);
  assert.match(output, /Acme/);
  const [row = ''] = output.split('\n').filter((line) => line.includes('virtual-1-'));
  assert.match(row, /Acme/, output);
});

/** The commands of a section of the guide, one text a block. */
async function shellBlocks(heading: string): Promise<string[]> {
  const guide = await readFile(join(HOME, 'docs', 'operators-guide.md'), 'utf8');
  const [, after = ''] = guide.split(`${heading}\n`);
  const [section = ''] = after.split(/^## /m);
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** Runs commands in one shell as a newcomer would; whatever they leave running is ended. */
async function run(
  commands: string,
  cwd: string,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', REPOSITORY: HOME };
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', `${commands}\nstatus=$?\nkill %1\nwait\nexit $status`], {
    cwd,
    env,
    detached: true,
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const status = await new Promise<number | null>((done) => shell.once('close', done));
  try {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGTERM');
  } catch {
    // nothing was left
  }
  return { status, output };
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
