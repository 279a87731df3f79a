import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createAuthority, createServerCertificate, type KeyPair } from '#server/tls/authority.ts';

/** What the TLS listeners of the client side serve. */
export interface ClientTls {
  /** Leaf first, then whatever the operator put behind it. */
  readonly certificate: string;
  readonly key: string;
  /** The root that clients must trust; absent with the operator's own certificate. */
  readonly root?: string;
  /** SHA-256 of the leaf, for people to compare. */
  readonly fingerprint: string;
  readonly expires: string;
}

export interface TlsOptions {
  readonly dataDir: string;
  /** Names that clients write into `WUServer`. */
  readonly names: readonly string[];
  /** PEM files of the operator; both or neither. */
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly at: Temporal.Instant;
}

/** Renewed this long before it ends. */
const RENEW_BEFORE = { hours: 24 * 60 };

/** The operator's certificate, or one of an authority that is generated at the first start and kept in the data directory. */
export async function clientTls(options: TlsOptions): Promise<ClientTls> {
  const { certificateFile, keyFile } = options;
  if (certificateFile && keyFile) {
    return described({ certificate: await readFile(certificateFile, 'utf8'), key: await readFile(keyFile, 'utf8') });
  }
  const folder = join(options.dataDir, 'tls');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = (await readPair(folder, 'root')) ?? (await keep(folder, 'root', await createAuthority(options.at)));
  const current = await readPair(folder, 'server');
  const server =
    current && serves(current, options)
      ? current
      : await keep(folder, 'server', await createServerCertificate(authority, options.names, options.at));
  return { ...described(server), root: authority.certificate };
}

function described(pair: KeyPair): ClientTls {
  const leaf = new X509Certificate(pair.certificate);
  return { ...pair, fingerprint: leaf.fingerprint256, expires: leaf.validToDate.toISOString() };
}

function serves(pair: KeyPair, { names, at }: TlsOptions): boolean {
  const leaf = new X509Certificate(pair.certificate);
  const covered = names.every((name) => (isIP(name) ? leaf.checkIP(name) : leaf.checkHost(name)) !== undefined);
  if (!leaf.checkPrivateKey(createPrivateKey(pair.key))) return false; // a crash between the two left one of each
  return covered && leaf.validToDate.getTime() > at.add(RENEW_BEFORE).epochMilliseconds;
}

async function readPair(folder: string, name: string): Promise<KeyPair | undefined> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(join(folder, `${name}.crt`), 'utf8'),
      readFile(join(folder, `${name}.key`), 'utf8'),
    ]);
    return { certificate, key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Each is renamed into place; a key without its certificate is found at the next start. */
async function keep(folder: string, name: string, pair: KeyPair): Promise<KeyPair> {
  for (const [ending, text] of [['key', pair.key] as const, ['crt', pair.certificate] as const]) {
    const path = join(folder, `${name}.${ending}`);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await chmod(`${path}.new`, 0o600);
    await rename(`${path}.new`, path);
  }
  return pair;
}
