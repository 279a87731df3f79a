import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import { lockUpstream, unlockUpstream } from '#server/store/upstream-runs.ts';

/** The right to pull from an upstream, as long as a session of the database lasts. */
export interface UpstreamLock {
  readonly client: pg.PoolClient;
  /** The session is gone, and the right with it. */
  onLost(hear: () => void): void;
  release(): Promise<void>;
}

/** Takes the lock of an upstream. Throws `upstream.busy` when somebody has it, in whatever process. */
export async function lockedUpstream(pool: pg.Pool, upstreamId: number): Promise<UpstreamLock> {
  const client = await pool.connect();
  let onEnd = (): void => {};
  const lost = (): void => onEnd();
  client.once('end', lost);
  async function release(): Promise<void> {
    client.off('end', lost);
    const isFree = await unlockUpstream(client, upstreamId).catch(() => false);
    client.release(!isFree); // a session in an unknown state ends, and its locks with it
  }
  const isLocked = await lockUpstream(client, upstreamId).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  if (!isLocked) {
    client.off('end', lost);
    client.release();
    throw new CodedError('upstream.busy', 'A pull is under way already.');
  }
  return {
    client,
    onLost(hear) {
      onEnd = hear;
    },
    release,
  };
}
