import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { parse, YAMLParseError } from 'yaml';
import { unreadable } from '#cli/files.ts';
import { runCli } from '#cli/main.ts';
import { reasonOf } from '#contract/client.ts';
import { CodedError } from '#contract/errors.ts';
import { readSettings, type Settings } from '#contract/settings.ts';
import packageJson from '../package.json' with { type: 'json' };

const HOME = join(import.meta.dirname, '..');
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort(signal)); // a second one kills
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // whoever read us (`| head`) has seen enough
});

/**
 * The composition root. The command line is a client of the API; the commands below need rooms that it must not know, and load them
 * only when they are asked for, so that every other command starts at once.
 */
process.exitCode = await runCli(process.argv.slice(2), {
  version: packageJson.version,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  fetch,
  signal: stopping.signal,
  local: {
    serve,
    restore: async ({ file, json }, io) => {
      const { restoreInto } = await import('#server/restore.ts');
      await access(file, constants.R_OK).catch((error: unknown) => Promise.reject(unreadable(file, error)));
      const { header, rows } = await restoreInto(await settings(), file);
      const { at, clock } = header;
      const text = `Restored ${rows} rows of ${at} from ${file}. Start the service with: npm start`;
      io.stdout.write(`${json ? JSON.stringify({ file, at, clock, rows }) : text}\n`);
      return 0;
    },
    demo: async (options, io) => (await import('#simulator/demo/run-demo.ts')).runDemo(options, io),
    simulate: async (options, io) => (await import('#simulator/demo/run-simulate.ts')).runSimulate(options, io),
    replay: async ({ folder, url, json }, io) => {
      const { replay } = await import('#simulator/replay/replay.ts');
      const say = (line: string): void => void io.stdout.write(`${line}\n`);
      const print = json ? () => undefined : say;
      await readdir(folder).catch((error: unknown) => Promise.reject(unreadable(folder, error)));
      await trustOwnAuthority();
      const exchanges = await replay({ folder, url, fetch: reaching, print, signal: stopping.signal });
      const different = exchanges.filter(({ difference }) => difference).length;
      say(json ? JSON.stringify({ exchanges }) : `${exchanges.length - different} equal, ${different} different`);
      return different > 0 ? 1 : 0;
    },
    sampleCatalogue: async (range) => {
      const { sampleCatalogue } = await import('#simulator/sample/sample-catalogue.ts');
      const sample = sampleCatalogue(range);
      return { ...sample, documents: sample.documents.map(({ name, xml }) => ({ name, xml })) };
    },
  },
});

/** Runs the service until it is asked to stop; what an operator must know goes to standard output, the log to standard error. */
async function serve(): Promise<number> {
  const [{ pino }, { startService }] = await Promise.all([import('pino'), import('#server/start/start-service.ts')]);
  const chosen = await settings();
  const log = pino(
    { level: chosen.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  const defaultPolicy = await readFile(join(HOME, 'policies', 'default.yaml'), 'utf8');
  const running = await startService({ settings: chosen, log, version: packageJson.version, defaultPolicy });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`Second Tuesday ${packageJson.version} is up after ${Math.round(performance.now())} ms.`);
  if (running.clock.kind === 'simulated')
    say(`  SIMULATED CLOCK: it stands at ${running.clock.now()}; nothing here is evidence.`);
  for (const url of running.clients) say(`  clients   ${url}`);
  if (chosen.clientHttp)
    say('            Plain HTTP is on: whoever stands between can insert updates. Use it for trials only.');
  if (running.rootFile) say(`            Clients must trust ${running.rootFile}`);
  say(`  console   ${running.console}/`);
  say(`  API       ${running.console}/api/v1`);
  if (running.newTokenFile) say(`            The administrator's token is in ${running.newTokenFile}`);
  const why = await Promise.race([running.lost, aborted(stopping.signal)]);
  if (why) log.fatal({ reason: why }, 'the database is gone; the service stops');
  await running.stop();
  return why ? 1 : 0;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** `second-tuesday.yaml`, or what ST_CONFIG names, below the environment. */
async function settings(): Promise<Settings> {
  const path = process.env.ST_CONFIG ?? 'second-tuesday.yaml';
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !process.env.ST_CONFIG) return '';
    throw new CodedError('usage.setting', `ST_CONFIG: ${path} cannot be read (${error.code})`);
  });
  const file: unknown = parsed(path, text) ?? {};
  if (typeof file !== 'object' || Array.isArray(file))
    throw new CodedError('usage.setting', `${path}: not a list of settings`);
  return readSettings(file as Record<string, unknown>, process.env);
}

function parsed(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    const [what] = error.message.split(' at line ');
    throw new CodedError('usage.setting', `${path}:${line}:${col}: ${what}`);
  }
}

/** The service's own authority counts beside the usual ones, where its data directory is here. */
async function trustOwnAuthority(): Promise<void> {
  const root = join(process.env.ST_DATA_DIR || './data', 'tls', 'root.crt');
  const pem = await readFile(root, 'utf8').catch(() => undefined);
  if (pem) setDefaultCACertificates([...getCACertificates(), pem]);
}

/** `fetch`, whose refusals name the address. */
async function reaching(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  return fetch(input, init).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    const { origin } = new URL(input instanceof Request ? input.url : input);
    const reason = reasonOf(error);
    const hint = /CERT|SIGNATURE|ALTNAME/.test(reason) ? "; ST_DATA_DIR says where the service's own authority is" : '';
    throw new CodedError('service.unreachable', `${origin} cannot be reached: ${reason}${hint}`);
  });
}
