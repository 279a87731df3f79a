// Runs before `npm start` and `npm test`, on any Node from 18 on, when node_modules may not exist yet: installs and builds what is stale.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE = 26;
const PINNED = join('node_modules', '.bin', 'node');
const LOCK = '.ensure.lock';
const STEPS = [
  {
    what: 'Installing dependencies',
    stamp: 'node_modules/.stamp',
    sources: ['package-lock.json', '.npmrc'],
    work: install,
  },
  {
    what: 'Building the console',
    stamp: 'dist/console.stamp',
    sources: ['package-lock.json', 'src/console'],
    work: build,
  },
];

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
try {
  if (STEPS.some(isStale)) await alone(catchUp);
  requireNode();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function catchUp() {
  for (const step of STEPS) if (isStale(step)) await perform(step);
}

function isStale({ stamp, sources }) {
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest(sources);
}

async function perform({ what, stamp, sources, work }) {
  const began = Date.now();
  const say = (how) => console.error(`${what}: ${how} ${((Date.now() - began) / 1000).toFixed(1)} s`);
  console.error(`${what} …`);
  const patience = setInterval(say, 10_000, 'still busy after');
  await work().finally(() => clearInterval(patience));
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest(sources));
  say('done in');
}

/** npm runs on the Node that started it: the pinned one, if there is one, is about to be replaced. */
function install() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false'];
  args.push('--include=dev', '--include=optional');
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  return npm ? run(node ?? process.execPath, [npm, ...args]) : run('npm', args);
}

function build() {
  const node = existsSync(PINNED) ? PINNED : process.execPath;
  return run(node, ['node_modules/vite/bin/vite.js', 'build', 'src/console', '--logLevel', 'warn']);
}

function requireNode() {
  const version = existsSync(PINNED) ? spawnSync(PINNED, ['--version'], { encoding: 'utf8' }).stdout : process.version;
  if (Number(/^v(\d+)/.exec(version ?? '')?.[1]) >= NODE) return;
  throw new Error(
    `This needs Node ${NODE}. npm installed none for ${process.platform}-${process.arch}, and ${process.version} is running.`,
  );
}

/** Two commands started at once on a fresh clone must not both install. */
async function alone(work) {
  while (!lock()) await new Promise((wake) => setTimeout(wake, 300));
  await work().finally(() => rmSync(LOCK, { force: true }));
}

function lock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(Number(readFileSync(LOCK, 'utf8')))) rmSync(LOCK, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', fail);
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${command} ${args.join(' ')} failed`))));
  });
}

function digest(paths) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`\0${path}\0`).update(readFileSync(path));
  };
  paths.forEach(add);
  return hash.digest('hex');
}
