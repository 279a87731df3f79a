import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { embeddedBinaries } from './binaries.ts';
import { createCluster, postmaster, spawnServer, stopServer } from './cluster.ts';
import { makePlace, type Place, PORT, serverAccount } from './place.ts';

/** A running embedded server that belongs to this process. */
export interface Postgres {
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Resolves with the reason when the server stops without having been asked to. */
  readonly lost: Promise<string>;
  /** Stops the server and waits until it is gone. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Everything of the server lives below this folder, or elsewhere and a note here says where. */
  readonly dataDir: string;
  /** Further server settings; tests pass `fsync=off`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A folder with another PostgreSQL's `bin/`; default: the embedded one. */
  readonly binaries?: string;
  /** Hears the server's own log, some lines at a time. */
  readonly log?: (lines: string) => void;
}

const OWNER_LOCK = 7_265_000;
/** An owner locks within moments of the server's start. A server that nobody locked for this long is an orphan. */
const ORPHAN_AFTER_MS = 1_000;
const ATTEMPTS = 20;

/**
 * Starts PostgreSQL on a Unix socket for this process alone. A server that a killed process left behind is stopped first.
 * Throws `store.data-dir-in-use` when another process has this data directory open, or `store.start-failed`.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { settings = {}, log = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const account = serverAccount();
  const place = makePlace(dataDir, account);
  const binaries = options.binaries ?? embeddedBinaries(place.home, account);
  createCluster(binaries, place.cluster, account);
  const owner = await own(dataDir, place, () => spawnServer(binaries, place, settings, account, log));
  const { promise: lost, resolve: tell } = Promise.withResolvers<string>();
  owner.on('error', (error) => tell(error.message));
  owner.on('end', () => tell('PostgreSQL closed the connection that owns the data directory'));
  const held = owner as pg.Client & { ref(): void; unref(): void };
  held.unref(); // whoever serves clients keeps the process running, not this connection
  return {
    connection: connectionOf(place),
    lost,
    async stop() {
      held.ref(); // but the process must not end before this has
      await owner.end();
      await stopServer(place.cluster);
    },
  };
}

/** Starts the server and locks it, until both succeed or somebody else has it. */
async function own(dataDir: string, place: Place, start: () => Promise<boolean>): Promise<pg.Client> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const found = postmaster(place.cluster) !== undefined;
    const mine = !found && (await start());
    const owner = await connect(place);
    if (owner && !mine) await sleep(ORPHAN_AFTER_MS);
    const locked = owner && (await lock(owner));
    if (owner && locked && mine) return owner;
    await owner?.end().catch(() => {});
    if (locked === false) {
      throw new CodedError('store.data-dir-in-use', `Another process is running on the data directory ${dataDir}.`);
    }
    if (locked) await stopServer(place.cluster, 0);
    else await sleep(100); // it is starting or stopping
  }
  throw new CodedError('store.start-failed', `PostgreSQL in ${place.home} neither starts nor stops.`);
}

async function connect(place: Place): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...connectionOf(place), application_name: 'second-tuesday owner' });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}

/** True: the server is ours. False: somebody else's. Undefined: it went away meanwhile. */
async function lock(client: pg.Client): Promise<boolean | undefined> {
  try {
    const claim = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [OWNER_LOCK]);
    return claim.rows[0]?.mine;
  } catch {
    return undefined;
  }
}

function connectionOf({ socket }: Place): Postgres['connection'] {
  return { host: socket, port: PORT, user: 'app', database: 'postgres' };
}
