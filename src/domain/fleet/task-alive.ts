import { isBefore } from '#domain/instants.ts';

/**
 * A settings task that was heard of in this time runs: it asks each quarter of an hour, and that it did is noted once in an hour.
 */
const ALIVE = { hours: 2 };

/** Whether a server's settings task runs, by when it was last heard of. */
export function isTaskAlive(heardAt: Temporal.Instant | null, at: Temporal.Instant): boolean {
  return heardAt !== null && isBefore(at, heardAt.add(ALIVE));
}
