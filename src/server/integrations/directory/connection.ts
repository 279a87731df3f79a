import { connect, isIP } from 'node:net';
import { connect as secureConnect } from 'node:tls';
import { Client, type Entry as LdapEntry, NoSuchObjectError } from 'ldapts';
import { CodedError } from '#contract/errors.ts';
import type { DirectoryEntry } from '#domain/fleet/directory-computer.ts';
import { trustedRoots } from '#server/sources/upstream/trust.ts';
import { bindRefusal, directoryFault } from './faults.ts';

/** An open, encrypted and authenticated connection to a domain controller. */
export interface DirectoryConnection {
  /** Address of the domain controller that answered. */
  readonly url: string;
  /** Entries below a base, in pages; references to other directories are not followed. */
  pages(base: string, search: Search): AsyncGenerator<readonly DirectoryEntry[]>;
  /** One entry, where it is there and fits the filter. */
  entry(dn: string, search: Search): Promise<DirectoryEntry | undefined>;
  close(): Promise<void>;
}

export interface Search {
  readonly filter: string;
  readonly attributes: readonly string[];
}

export interface ConnectionOptions {
  /** `ldaps://` or `ldap://` (which begins TLS before anything else), in the order in which they are tried. */
  readonly urls: readonly string[];
  /** Distinguished name, `user@domain` or `DOMAIN\user`. */
  readonly user: string;
  readonly password: string;
  /** PEM of further roots that a domain controller's certificate may chain to. */
  readonly ca?: string;
  /** Ends the connection, and with it whatever waits for an answer. */
  readonly signal?: AbortSignal;
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;
/** Active Directory's own limit of a page. */
const PAGE = 1_000;
/** Longer values tell of no computer. */
const LONGEST_VALUE = 4096;
const MOST_VALUES = 500;

/**
 * Connects to the first domain controller that answers and authenticates. Throws `directory.unreachable` when none answers,
 * `directory.untrusted` when a certificate is not good for its address, and `directory.refused` at the first one that refuses the
 * password: more tries would lock the account.
 */
export async function connectDirectory(options: ConnectionOptions): Promise<DirectoryConnection> {
  const failures: CodedError[] = [];
  for (const url of options.urls) {
    options.signal?.throwIfAborted();
    try {
      return await connectTo(url, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const fault = directoryFault(url, error);
      if (fault.code === 'directory.refused') throw fault;
      failures.push(fault);
    }
  }
  const worst = failures.find(({ code }) => code === 'directory.untrusted') ?? failures[0];
  if (!worst) throw new CodedError('directory.unreachable', 'No address of a domain controller is set.');
  throw new CodedError(worst.code, worst.message, failures.length > 1 ? failures.map(({ message }) => message) : []);
}

async function connectTo(url: string, { user, password, ca, signal }: ConnectionOptions): Promise<DirectoryConnection> {
  const client = openClient(url, ca);
  const stop = (): void => void client.unbind().catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  async function close(): Promise<void> {
    signal?.removeEventListener('abort', stop);
    await client.unbind().catch(() => {});
  }
  try {
    await unlessStopped(client.encrypt(), signal);
    const bound = client.bind(user, password).catch((error: unknown) => Promise.reject(bindRefusal(url, error)));
    await unlessStopped(bound, signal);
  } catch (error) {
    await close();
    throw error;
  }
  async function asked<T>(question: Promise<T>): Promise<T> {
    return unlessStopped(question, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw directoryFault(url, error);
    });
  }
  return {
    url,
    async *pages(base, { filter, attributes }) {
      const paged = { pageSize: PAGE };
      const pages = client.searchPaginated(base, { scope: 'sub', filter, attributes: [...attributes], paged });
      for (;;) {
        const page = await asked(pages.next());
        if (page.done) return;
        yield page.value.searchEntries.map(readEntry);
      }
    },
    async entry(dn, { filter, attributes }) {
      const search = client.search(dn, { scope: 'base', filter, attributes: [...attributes] });
      const found = search.catch((error: unknown) => {
        if (error instanceof NoSuchObjectError) return undefined;
        throw error;
      });
      const entry = (await asked(found))?.searchEntries[0];
      return entry && readEntry(entry);
    },
    close,
  };
}

/** The library never answers a question whose connection is ended under it. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * A client that connects once: one that came back by itself after a broken connection would send what follows, the password too, over a
 * connection that nobody encrypted.
 */
function openClient(url: string, ca: string | undefined) {
  const { hostname, protocol } = new URL(url);
  const host = bare(hostname);
  const name = isIP(host) === 0 ? { servername: host } : {}; // an address is no name to ask for
  const tls = { ...trustedRoots(new URL(url), ca), host, ...name, minVersion: 'TLSv1.2' } as const;
  let connections = 0;
  function once<Connection>(open: () => Connection): Connection {
    connections += 1;
    if (connections > 1) throw new Error('the connection was lost');
    return open();
  }
  // The library takes any tlsOptions for a wish to begin with TLS, whatever the address says.
  const transport =
    protocol === 'ldaps:'
      ? {
          createSecureConnection: ((port: number) =>
            once(() => secureConnect({ ...tls, port }))) as typeof secureConnect,
        }
      : { createConnection: ((port: number) => once(() => connect(port, host))) as typeof connect };
  const client = new Client({
    url,
    timeout: ANSWER_MS,
    connectTimeout: CONNECT_MS,
    ...(protocol === 'ldaps:' ? { tlsOptions: tls } : {}),
    ...transport,
  });
  async function encrypt(): Promise<void> {
    if (protocol === 'ldaps:') return; // by connecting
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('TLS was not begun in time')), CONNECT_MS);
    try {
      await Promise.race([client.startTLS({ ...tls }), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
  return Object.assign(client, { encrypt });
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function readEntry({ dn, ...values }: LdapEntry): DirectoryEntry {
  const attributes = Object.entries(values).map(([name, given]) => {
    const all = (Array.isArray(given) ? given : [given]).slice(0, MOST_VALUES);
    return [name.toLowerCase(), all.map((value) => value.toString().slice(0, LONGEST_VALUE)).filter(Boolean)] as const;
  });
  return { dn, attributes: Object.fromEntries(attributes) };
}
