import type { UpstreamRow } from '#server/store/upstream.ts';
import type { RunEnd } from '#server/store/upstream-runs.ts';

const FIRST_RETRY_MINUTES = 5;

/**
 * When an upstream is pulled next, on the wall clock: after its interval; after a failure sooner, but each time later, so that a server
 * in trouble is left alone. What a person stopped stays stopped for an interval.
 */
export function nextPull(
  { intervalMinutes, failures }: Pick<UpstreamRow, 'intervalMinutes' | 'failures'>,
  outcome: RunEnd['outcome'],
  wall: Temporal.Instant,
): Pick<UpstreamRow, 'dueAt' | 'failures'> {
  if (outcome !== 'failed') return { failures: 0, dueAt: wall.add({ minutes: intervalMinutes }) };
  const minutes = Math.min(intervalMinutes, FIRST_RETRY_MINUTES * 2 ** Math.min(failures, 20));
  return { failures: failures + 1, dueAt: wall.add({ minutes }) };
}
