import { isTaskAlive } from '#domain/fleet/task-alive.ts';
import { isBefore } from '#domain/instants.ts';

/** When a server last finished a scan, and when its settings task was last heard of. */
interface Heard {
  readonly lastSync: Temporal.Instant | null;
  readonly settingsAt: Temporal.Instant | null;
}

/** An agent at the default detection frequency of 22 hours asks again after 17.6 to 22 hours, and at times up to four later. */
const EARLIEST = { minutes: 1056 };
const LATEST = { hours: 26 };
/** So often a settings task runs. */
const QUARTER_MINUTES = 15;

/** When a server is expected to ask again: soon, where its settings task starts scans; else by the agent's own schedule. */
export function nextScan({ lastSync, settingsAt }: Heard, at: Temporal.Instant) {
  if (isTaskAlive(settingsAt, at)) {
    const quarter = { smallestUnit: 'minute', roundingIncrement: QUARTER_MINUTES } as const;
    const from = at.round({ ...quarter, roundingMode: 'ceil' });
    const until = from.add({ minutes: QUARTER_MINUTES });
    return { from: from.toString(), until: until.toString(), by: 'settings-task' as const, overdue: false };
  }
  if (!lastSync) return undefined;
  const [from, until] = [lastSync.add(EARLIEST), lastSync.add(LATEST)];
  return { from: from.toString(), until: until.toString(), by: 'agent' as const, overdue: isBefore(until, at) };
}
