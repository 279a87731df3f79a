import { createHash } from 'node:crypto';
import type { TaskSettings } from '#contract/settings-task.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { nextPauseChange } from '#domain/exception/hold.ts';
import { isSetUp } from '#domain/fleet/regions-shipped.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { installTimeFor } from '#domain/windows/install-time.ts';
import { planPolicy } from '#domain/windows/policy-values.ts';
import type { RegistryValue } from '#domain/windows/registry-value.ts';
import { between, SCANS_AHEAD, SCANS_BACK, type TaskTimes, taskTimes } from '#domain/windows/scan-times.ts';
import type { Directory } from '#server/facts/directory.ts';
import type { TaskServer } from '#server/store/server-reports.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** More instants than this are never sent: contract/settings-task.ts. */
const MOST_SCANS = 256;

/** Times of a plan in a zone; remembered, since a fleet has few plans and zones and asks for them all the time. */
export type TaskClock = (plan: Plan, zone: string, at: Temporal.Instant) => TaskTimes;

/** A clock that answers to the minute, and remembers the answers of the present one. */
export function taskClock(): TaskClock {
  let minute = Temporal.Instant.fromEpochMilliseconds(0);
  let known = new Map<Plan, Map<string, TaskTimes>>();
  return (plan, zone, at) => {
    const now = at.round({ smallestUnit: 'minute', roundingMode: 'floor' });
    if (!now.equals(minute)) [minute, known] = [now, new Map()];
    const zones = known.get(plan) ?? new Map<string, TaskTimes>();
    known.set(plan, zones);
    const times = zones.get(zone) ?? taskTimes(plan, zone, now);
    zones.set(zone, times);
    return times;
  };
}

/**
 * What a server's Windows Update settings should be: the registry for the window that is open or comes next, and when it is to scan.
 * `token` goes into the path of WUServer; a region that is not set up says nothing of where the server belongs. A server without a plan
 * keeps the settings that it has.
 */
export function serverSettings(
  asked: {
    readonly row: AssignedServer & Partial<Pick<TaskServer, 'turnChanges'>>;
    readonly directory: Directory;
    readonly facts: Facts;
    readonly token: string;
  },
  clock: TaskClock,
  at: Temporal.Instant,
): Omit<TaskSettings, 'at'> {
  const { row, directory, facts, token } = asked;
  const server = directory.serverFacts(row, NOTHING_REPORTED);
  const times = server.plan ? clock(server.plan, server.zone, at) : undefined;
  const values = times ? valuesOf(row, server, directory, times) : [];
  const registry = values.map((one) =>
    one.type === 'String' && isAddress(one) ? { ...one, value: `${one.value}/${token}` } : one,
  );
  return {
    version: versionOf(server, values),
    registry,
    scans: scansOf(server, facts, [...(times?.scans ?? []), ...kindScans(server, clock, at), ...turnsOf(row)], at).map(
      String,
    ),
    ...(times ? { window: { start: String(times.window.start), end: String(times.window.end) } } : {}),
  };
}

/** The version of the settings that a server should have now; undefined when none are asked for. */
export function expectedSettings(
  row: AssignedServer,
  directory: Directory,
  clock: TaskClock,
  at: Temporal.Instant,
): string | undefined {
  const server = directory.serverFacts(row, NOTHING_REPORTED);
  if (!server.plan || server.customerId === undefined) return undefined;
  return versionOf(server, valuesOf(row, server, directory, clock(server.plan, server.zone, at)));
}

/** Without the token, so that the version can be told from the rows alone. */
function valuesOf(
  row: AssignedServer,
  { plan, zone, serverId, customerId }: ServerFacts,
  directory: Directory,
  { window }: TaskTimes,
): readonly RegistryValue[] {
  if (!plan) return [];
  const region = directory.regionOf(row);
  const strict = customerId !== undefined && directory.customers.get(customerId)?.strict === true;
  return planPolicy({
    time: installTimeFor(plan, window, zone, serverId),
    strict,
    ...(region && isSetUp(region) ? { wuServer: region.endpoint } : {}),
  });
}

function isAddress({ name }: RegistryValue): boolean {
  return name === 'WUServer' || name === 'WUStatusServer';
}

/** Scans for the windows of kinds of patching that have a plan of their own. */
function kindScans({ kindPlans, zone }: ServerFacts, clock: TaskClock, at: Temporal.Instant): Temporal.Instant[] {
  return [...(kindPlans?.values() ?? [])].flatMap((plan) => clock(plan, zone, at).scans);
}

/** A turn that is given, or taken back, is to be heard of within minutes. */
function turnsOf({ turnChanges = [] }: Partial<Pick<TaskServer, 'turnChanges'>>): Temporal.Instant[] {
  return [...turnChanges];
}

/** The plan's own scans, and one at each brake and at each end of a pause that reaches the server. */
function scansOf(
  server: ServerFacts,
  { brakes, pauses }: Facts,
  planned: readonly Temporal.Instant[],
  at: Temporal.Instant,
): readonly Temporal.Instant[] {
  const [from, until] = [at.subtract(SCANS_BACK), at.add(SCANS_AHEAD)];
  const changes: Temporal.Instant[] = [];
  for (let next = nextPauseChange(pauses, server, from); next && !isBefore(until, next); ) {
    changes.push(next);
    next = nextPauseChange(pauses, server, next);
  }
  const stops = [...brakes.values()].map((brake) => brake.at);
  return between([...planned, ...stops, ...changes], from, until).slice(-MOST_SCANS);
}

/**
 * Names the values and the plan that they come from: another plan can ask for the same values, and the server must scan all the same,
 * since what it was told before is void. 96 bits are compared, never trusted.
 */
function versionOf({ plan: bound, zone }: ServerFacts, values: readonly RegistryValue[]): string {
  const { calendar: _, ...plan } = bound ?? {};
  return createHash('sha256')
    .update(JSON.stringify([bound && plan, zone, values]))
    .digest('base64url')
    .slice(0, 16);
}
