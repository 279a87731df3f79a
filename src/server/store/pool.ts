import pg from 'pg';

/** What a statement needs: a pool, or a client inside a transaction. */
export type Db = Pick<pg.Pool | pg.PoolClient, 'query'>;

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZS = 1185;
const UUIDS = 2951;
/** Who waits longer for a free connection gets an error instead: whoever asked has given up by then. */
const CONNECTION_PATIENCE_MS = 30_000;
/**
 * A process that stands still in the middle of a transaction must not hold others up for ever: who waits for its locks gets an error,
 * and after a while the server ends it.
 */
const LIMITS = "set lock_timeout = '30s'; set idle_in_transaction_session_timeout = '5min'";

/**
 * A connection pool whose clients never crash the process when the server goes away; `onLost` hears why. Results carry
 * `Temporal.Instant` for timestamptz and `number` for bigint. Arrays of timestamptz and of uuid have no nulls.
 */
export function createPool(config: pg.PoolConfig, onLost: (why: string) => void): pg.Pool {
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: CONNECTION_PATIENCE_MS,
    keepAlive: true, // a server that vanished without a word is noticed
    application_name: 'second-tuesday',
    ...config,
    types: { getTypeParser },
    onConnect: useOurFormats,
  });
  const lost = (error: Error): void => onLost(error.message); // the error itself drags the whole client into the log
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** An installation's own server may have other defaults, which the parsers below do not know. */
async function useOurFormats(client: pg.ClientBase): Promise<void> {
  await client.query(`set datestyle = 'ISO'; set timezone = 'UTC'; ${LIMITS}`);
}

/** Runs `work` in one transaction: all of it or, when it throws, nothing. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true; // a session in an unknown state must not go back to the pool
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary') {
    if (oid === TIMESTAMPTZ) return readInstant;
    if (oid === INT8) return readInt8;
    if (oid === UUIDS) return readUuids;
    if (oid === TIMESTAMPTZS) return readInstants;
  }
  return pg.types.getTypeParser(oid, format as 'text');
};

function readInstant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}

/** Each element stands in quotes, since there is a blank in it. */
function readInstants(text: string): Temporal.Instant[] {
  return text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((element) => readInstant(element.slice(1, -1)));
}

/** Arrays of ids have thousands of entries, and never quotes, nested arrays or nulls: they need not be read letter by letter. */
function readUuids(text: string): string[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',');
}

function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit into a number`);
  return value;
}
