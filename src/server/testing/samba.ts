import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'ldapts';
import { temporaryFolder } from '#server/testing/server.ts';
import { createAuthority, createServerCertificate } from '#server/tls/authority.ts';

/** A real Active Directory domain controller of Samba's, on loopback only. */
export interface Samba {
  /** Its root, in PEM; its certificate is good for `localhost`. */
  readonly ca: string;
  readonly base: string;
  readonly user: string;
  readonly password: string;
  /** A connection of the administrator, to fill the directory with. */
  readonly admin: Client;
  stop(): Promise<void>;
}

const REALM = 'test.example';
const PASSWORD = 'Correct-horse-7';
/** They are fixed in Samba. */
const PORTS = [389, 636, 3268, 3269];
const BINARIES = ['/usr/sbin/samba', '/usr/bin/samba-tool'];

/** Why no domain controller can run here; undefined: it can. */
export async function whyNoSamba(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'a domain controller for tests needs root';
  if (!BINARIES.every((file) => existsSync(file))) return 'a domain controller for tests needs samba-ad-dc';
  if (!existsSync('/usr/share/samba/setup/ad-schema')) return 'a domain controller for tests needs samba-ad-provision';
  for (const port of PORTS) {
    if (await isTaken(port)) return `a domain controller for tests needs port ${port}, which is taken`;
  }
  return undefined;
}

/** Provisions a domain in a folder of its own and starts its LDAP service; some seconds. */
export async function startSamba(): Promise<Samba> {
  const folder = temporaryFolder();
  await provision(folder);
  const ca = await certify(folder);
  const config = configure(folder);
  const samba = spawn(BINARIES[0] ?? '', ['--foreground', '--no-process-group', '--model=single', '-s', config], {
    stdio: 'ignore',
  });
  const kill = (): void => void samba.kill('SIGKILL');
  process.once('exit', kill);
  await untilUp(samba);
  const admin = new Client({ url: 'ldaps://localhost', tlsOptions: { ca } });
  const user = `administrator@${REALM}`;
  await admin.bind(user, PASSWORD);
  return {
    ca,
    base: 'DC=test,DC=example',
    user,
    password: PASSWORD,
    admin,
    async stop() {
      await admin.unbind();
      const ended = once(samba, 'exit');
      samba.kill();
      await ended;
      process.off('exit', kill);
    },
  };
}

async function provision(folder: string): Promise<void> {
  const names = ['--realm', REALM, '--domain', 'TEST', '--host-name', 'dc1', '--host-ip', '127.0.0.1'];
  const kind = ['--server-role=dc', '--dns-backend=NONE', '--targetdir', folder, '--adminpass', PASSWORD];
  const where = ['--option=interfaces=lo', '--option=bind interfaces only=yes'];
  await promisify(execFile)(BINARIES[1] ?? '', ['domain', 'provision', ...names, ...kind, ...where]);
}

/** Our own authority and certificate: Samba's has no name that a client could check. */
async function certify(folder: string): Promise<string> {
  const at = Temporal.Now.instant();
  const authority = await createAuthority(at);
  const server = await createServerCertificate(authority, ['localhost'], at);
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  writeFileSync(join(tls, 'ca.pem'), authority.certificate);
  writeFileSync(join(tls, 'cert.pem'), server.certificate);
  writeFileSync(join(tls, 'key.pem'), server.key, { mode: 0o600 });
  return authority.certificate;
}

/** Nothing of it lies outside of the folder, and nothing but LDAP is served. */
function configure(folder: string): string {
  const settings = {
    'netbios name': 'DC1',
    workgroup: 'TEST',
    realm: REALM,
    'server role': 'active directory domain controller',
    'server services': 'ldap',
    interfaces: 'lo',
    'bind interfaces only': 'yes',
    'private dir': join(folder, 'private'),
    'state directory': join(folder, 'state'),
    'cache directory': join(folder, 'cache'),
    'lock directory': join(folder, 'run'),
    'pid directory': join(folder, 'run'),
    'ncalrpc dir': join(folder, 'run', 'ncalrpc'),
    'winbindd socket directory': join(folder, 'run', 'winbindd'),
    logging: 'file',
    'log file': join(folder, 'log'),
    'tls cafile': join(folder, 'tls', 'ca.pem'),
    'tls certfile': join(folder, 'tls', 'cert.pem'),
    'tls keyfile': join(folder, 'tls', 'key.pem'),
  };
  mkdirSync(join(folder, 'run'), { recursive: true });
  const file = join(folder, 'test.conf');
  writeFileSync(
    file,
    `[global]\n${Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')}`,
  );
  return file;
}

const PATIENCE_MS = 60_000;

async function untilUp(samba: ChildProcess): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!(await answers(636))) {
    if (samba.exitCode !== null) throw new Error(`the domain controller ended with ${samba.exitCode}`);
    if (performance.now() > until) throw new Error('the domain controller did not come up');
    await after(100);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return false;
  } catch {
    return true;
  } finally {
    server.close();
  }
}
