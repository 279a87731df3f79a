import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The service in a process and a data directory of its own, on a simulated clock. */
export interface ServiceProcess {
  readonly dataDir: string;
  /** Base address of console and API. */
  readonly consoleUrl: string;
  /** What its clients have in `WUServer`, without an enrolment token. */
  readonly wuServer: string;
  /** The administrator's token. */
  readonly token: string;
  /** PEM of the authority that its clients must trust. */
  readonly rootCertificate: string;
  /** Ends the service as a power cut would. */
  kill9(): Promise<void>;
  /** Ends its database in the same way; resolves when the service has noticed and ended too. */
  kill9Database(): Promise<void>;
  /** True while the process runs. */
  isRunning(): boolean;
  /** Starts it again on the same data and the same ports; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends everything, in good order where that is still possible. The data directory is removed unless it is to be kept. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

const MAIN = resolve(import.meta.dirname, '../../main.ts');
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 20_000;

/** Starts a service whose simulated clock stands at an instant. Throws with the end of its log when it does not become ready. */
export async function startServiceProcess(clock: Temporal.Instant): Promise<ServiceProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'second-tuesday-demo-'));
  // The database may run as another account, which must be able to reach its folder.
  await chmod(dataDir, 0o755);
  const [tlsPort, consolePort] = await freePorts(2);
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const env = {
    ST_DATA_DIR: dataDir,
    ST_CLOCK: clock.toString(),
    ST_HOST: '127.0.0.1',
    ST_CLIENT_TLS_PORTS: String(tlsPort),
    ST_CONSOLE_HOST: '127.0.0.1',
    ST_CONSOLE_PORT: String(consolePort),
    ST_LOG_LEVEL: 'warn',
  };
  let run = spawnService(env);
  const killOnExit = () => run.child.kill('SIGKILL');
  process.once('exit', killOnExit);

  async function kill9(): Promise<void> {
    run.child.kill('SIGKILL');
    await run.ended;
  }

  async function kill9Database(): Promise<void> {
    const pid = await databasePid(dataDir);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await run.ended;
  }

  async function restart(): Promise<void> {
    if (isRunning()) throw new Error('the service still runs');
    run = spawnService(env);
    await untilReady(run, consoleUrl);
  }

  async function stop({ keep = false } = {}): Promise<void> {
    process.off('exit', killOnExit);
    const impatience = setTimeout(() => run.child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    run.child.kill('SIGTERM');
    await run.ended;
    clearTimeout(impatience);
    if (!keep) await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  function isRunning(): boolean {
    return run.child.exitCode === null && run.child.signalCode === null;
  }

  try {
    await untilReady(run, consoleUrl);
    const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    const rootCertificate = await readFile(join(dataDir, 'tls', 'root.crt'), 'utf8');
    const wuServer = `https://127.0.0.1:${tlsPort}`;
    return {
      dataDir,
      consoleUrl,
      wuServer,
      token,
      rootCertificate,
      kill9,
      kill9Database,
      isRunning,
      restart,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Run {
  readonly child: ChildProcess;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  /** The end of its log. */
  readonly log: () => string;
}

const LOG_KEPT = 4_000;

function spawnService(env: Readonly<Record<string, string>>): Run {
  // Settings of whoever runs this must not reach a service that stands for itself.
  const own = Object.entries(process.env).filter(([name]) => !/^(ST_|DATABASE_URL$|NODE_TEST)/.test(name));
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: env.ST_DATA_DIR,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-LOG_KEPT);
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  child.once('exit', () => end());
  child.once('error', (error) => {
    log += error.message;
    end();
  });
  return { child, ended, log: () => log };
}

async function untilReady({ ended, log }: Run, consoleUrl: string): Promise<void> {
  const limit = AbortSignal.timeout(READY_WITHIN_MS);
  const over = ended.then(() => true as const);
  while (!(await answersReady(consoleUrl))) {
    const isOver = await Promise.race([over, sleep(50)]);
    if (isOver === true || limit.aborted) throw new Error(`the service did not become ready:\n${log()}`);
  }
}

async function answersReady(consoleUrl: string): Promise<boolean> {
  const answer = await fetch(`${consoleUrl}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok === true;
}

async function databasePid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((listening) => server.once('listening', listening))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
