import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import type { Clock } from '#server/clock.ts';
import type { Secrets } from '#server/secrets.ts';
import {
  claimDirectory,
  type DirectoryRow,
  type DirectoryRun,
  endDirectoryRun,
  listDueDirectories,
  readDirectory,
} from '#server/store/directories.ts';
import { connectDirectory } from './connection.ts';
import { type DirectoryOutcome, syncDirectory } from './sync.ts';

/** Readings of directories, by hand and each day. */
export interface Directories {
  /** Reads one and waits. Throws `directory.*`, among them `directory.busy` when it is being read already. */
  sync(directoryId: string, options: SyncRequest): Promise<DirectoryOutcome>;
  /** Entries read so far, of a reading that goes on in this process. */
  progress(directoryId: string): number | undefined;
  /** Stops a reading of this process; false when there is none. */
  stop(directoryId: string): boolean;
  /** Begins the readings that are due, and does not wait for them. */
  startDue(at: Temporal.Instant): Promise<void>;
  /** Stops every reading and waits for their ends. */
  close(): Promise<void>;
}

export interface SyncRequest {
  readonly who: string;
  readonly dryRun: boolean;
  readonly acceptLeft: boolean;
}

export interface DirectoriesOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly log: { warn(details: object, message: string): void };
}

/** A reading that goes on. */
interface Reading {
  readonly stop: AbortController;
  entries: number;
  readonly ended: Promise<unknown>;
}

const DAILY: SyncRequest = { who: 'schedule', dryRun: false, acceptLeft: false };

/** Keeps the readings of directories: one at a time of each, in any number of processes where they write. */
export function keepDirectories({ pool, clock, secrets, log }: DirectoriesOptions): Directories {
  const readings = new Map<string, Reading>();

  async function sync(directoryId: string, request: SyncRequest, daily = false): Promise<DirectoryOutcome> {
    if (readings.has(directoryId)) throw busy();
    const ended = Promise.withResolvers<void>();
    const reading: Reading = { stop: new AbortController(), entries: 0, ended: ended.promise };
    readings.set(directoryId, reading);
    try {
      return await run(directoryId, request, reading, daily);
    } finally {
      readings.delete(directoryId);
      ended.resolve();
    }
  }

  async function run(directoryId: string, request: SyncRequest, reading: Reading, daily: boolean) {
    const at = clock.now();
    const row = await readDirectory(pool, directoryId);
    if (!row) throw new CodedError('not-found', 'The directory was removed.');
    const read = (): Promise<DirectoryOutcome> => readOnce(row, request, reading, at);
    if (request.dryRun) return read();
    const { who } = request;
    if (!(await claimDirectory(pool, directoryId, { who, at, daily }))) throw busy();
    const begun = { startedBy: who, startedAt: at.toString() };
    const end = (ending: Pick<DirectoryRun, 'outcome' | 'code' | 'message' | 'counts'>): Promise<void> =>
      endDirectoryRun(pool, directoryId, { ...begun, endedAt: clock.now().toString(), ...ending });
    try {
      const outcome = await read();
      await end({ outcome: 'done', counts: outcome.counts });
      return outcome;
    } catch (error) {
      const { code, message } = error instanceof CodedError ? error : UNEXPECTED;
      await end({ outcome: code === 'directory.stopped' ? 'stopped' : 'failed', code, message });
      throw error;
    }
  }

  async function readOnce(row: DirectoryRow, request: SyncRequest, reading: Reading, at: Temporal.Instant) {
    const password = secrets.open(row.secret);
    if (password === undefined) throw new CodedError('secrets.sealed', `the password of the directory "${row.name}"`);
    const { signal } = reading.stop;
    const { urls, user, ca } = row.definition;
    const connection = await connectDirectory({ urls, user, password, signal, ...(ca === undefined ? {} : { ca }) });
    try {
      const onProgress = (entries: number): void => {
        reading.entries = entries;
      };
      return await syncDirectory(connection, row, { pool, clock: clock.kind, at, signal, onProgress, ...request });
    } finally {
      await connection.close();
    }
  }

  return {
    sync: (directoryId, request) => sync(directoryId, request),
    progress: (directoryId) => readings.get(directoryId)?.entries,
    stop(directoryId) {
      const reading = readings.get(directoryId);
      reading?.stop.abort(new CodedError('directory.stopped', 'It was stopped.'));
      return reading !== undefined;
    },
    async startDue(at) {
      for (const directoryId of await listDueDirectories(pool, at)) {
        if (readings.has(directoryId)) continue;
        const failed = ({ message }: Error): void =>
          log.warn({ directory: directoryId, reason: message }, 'a directory was not read');
        void sync(directoryId, DAILY, true).catch(failed);
      }
    },
    async close() {
      const under = [...readings.values()];
      for (const { stop } of under) stop.abort(new CodedError('directory.stopped', 'The service stops.'));
      await Promise.all(under.map(({ ended }) => ended));
    },
  };
}

/** What is on record of a reading that ended for a reason that nobody foresaw; the log has it. */
const UNEXPECTED = { code: 'service.failed', message: 'Something unexpected happened; it is in the log.' } as const;

function busy(): CodedError {
  return new CodedError('directory.busy', 'It is being read already.');
}
