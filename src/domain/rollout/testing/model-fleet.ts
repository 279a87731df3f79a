import fc from 'fast-check';
import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import type { Freeze, OneOffWindow, Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { PATCH_TUESDAY } from '#domain/decide/testing.ts';
import { ENVIRONMENTS, type Inventory, TIERS } from '#domain/fleet/inventory.ts';
import type { Role } from '#domain/fleet/roles.ts';
import type { Demands, ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { modelRollout } from '#domain/rollout/testing/model-rollout.ts';
import { DAY, HOUR, instantOf, minuteOf, type Period } from '#domain/rollout/testing/model-time.ts';

/** When the model's year begins, and when it ends: at the end of its thirteenth cycle. */
export const BEGIN = minuteOf(PATCH_TUESDAY) - 3 * DAY;
export const END = minuteOf(cycleStart('2024-11')) - 1;

/** A server of the model, with what will go wrong with it. */
export interface ModelServer {
  readonly serverId: string;
  readonly name: string;
  readonly zone: string;
  /** With its calendar. */
  readonly plan: Plan;
  readonly task: boolean;
  readonly inventory: Inventory;
  readonly off: readonly Period[];
  readonly networkLost: readonly Period[];
  /** Nights in which its backup does not run. */
  readonly noBackup: readonly Period[];
  /** So many of a hundred installations fail. */
  readonly failing: number;
  /** Its installations take ten times as long as others. */
  readonly slow: boolean;
}

/** What people who answer for servers do when asked. */
export type Owner = 'answers' | 'silent' | 'doubts' | 'says-no';

/** A customer's fleet and everything that happens to it in a year, but for what its seed draws. */
export interface ModelFleet {
  readonly servers: readonly ModelServer[];
  readonly rollout: RolloutPlan;
  readonly readiness: ReadinessPolicy;
  readonly groups: ReadonlyMap<string, number>;
  readonly owners: ReadonlyMap<string, Owner>;
  /** Somebody resumes what stopped, frees the seats of failed servers and gives gates their go, some days later. */
  readonly attended: boolean;
  readonly seed: string;
}

const ZONES = ['Europe/London', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];
const ROLES: readonly Role[] = ['domain-controller', 'file-server', 'sql-server', 'rds', 'cluster-node', 'application'];
const OWNERS = ['Ann', 'Ben', 'Cem'];
const KINDS: readonly Owner[] = ['answers', 'answers', 'answers', 'silent', 'doubts', 'says-no'];
/** Names of redundancy groups, and of how many members one may be down. */
const GROUPS: readonly (readonly [string, number])[] = [
  ['pair', 1],
  ['cluster', 1],
  ['farm', 2],
];

const period = (longest: number) =>
  fc.record({ day: fc.nat(410), hour: fc.nat(23), hours: fc.integer({ min: 1, max: longest }) });
type PeriodSketch = { readonly day: number; readonly hour: number; readonly hours: number };

const serverSketch = fc.record({
  zone: fc.nat(ZONES.length - 1),
  nightly: fc.integer({ min: 0, max: 6 }).map((n) => n === 6),
  releaseWeek: fc.constantFrom(1, 1, 2, 2, 3, 4),
  weekday: fc.constantFrom(7, 7, 6, 3, 1),
  hour: fc.constantFrom(2, 2, 4, 20, 23),
  windowMinutes: fc.constantFrom(240, 360, 600),
  leadHours: fc.constantFrom(48, 48, 24, 96),
  missed: fc.constantFrom('next', 'next', 'catch-up', 'skip'),
  task: fc.boolean(),
  role: fc.option(fc.constantFrom(...ROLES), { freq: 2 }),
  tier: fc.option(fc.constantFrom(...TIERS), { freq: 6 }),
  environment: fc.option(fc.constantFrom(...ENVIRONMENTS), { freq: 6 }),
  group: fc.option(fc.constantFrom(...GROUPS), { freq: 2 }),
  needs: fc.array(fc.nat(13), { maxLength: 2 }),
  restartAfter: fc.array(fc.nat(13), { maxLength: 1 }),
  owner: fc.nat(OWNERS.length - 1),
  off: fc.array(period(24 * 16), { maxLength: 3 }),
  networkLost: fc.array(period(24 * 9), { maxLength: 3 }),
  noBackup: fc.array(period(24 * 40), { maxLength: 2 }),
  failing: fc.constantFrom(0, 0, 5, 40),
  slow: fc.integer({ min: 0, max: 5 }).map((n) => n === 5),
  frozen: fc.boolean(),
  oneOff: fc.option(period(8), { freq: 1 }),
  ownHours: fc.integer({ min: 0, max: 5 }).map((n) => n === 5),
});
type ServerSketch = typeof serverSketch extends fc.Arbitrary<infer T> ? T : never;

const freezeRule: fc.Arbitrary<Freeze['rule']> = fc.oneof(
  fc.constantFrom<Freeze['rule']>(
    { kind: 'month-end', lastDays: 2, firstDays: 1 },
    { kind: 'yearly', from: '12-20', to: '01-05' },
    { kind: 'dates', from: '2024-03-28', to: '2024-04-07' },
  ),
  period(24 * 12).map((sketch) => {
    const { from, to } = drawPeriod(sketch);
    return { kind: 'once' as const, start: instantOf(from), end: instantOf(to) };
  }),
);

/** Demands of tiers; what is not demanded is not asked. */
const demands: fc.Arbitrary<Demands> = fc.record(
  {
    backupHours: fc.constantFrom(26, 50),
    contactHours: fc.constantFrom(60, 96),
    failures: fc.constantFrom(2, 3),
  },
  { requiredKeys: [] },
);

/** Fleets of 4 to 14 servers. A calm one has no faults, owners who answer, backups each night and somebody who looks after it. */
export function fleets({ calm }: { readonly calm: boolean }): fc.Arbitrary<ModelFleet> {
  return fc
    .record({
      servers: fc.oneof(
        { weight: 3, arbitrary: fc.array(serverSketch, { minLength: 4, maxLength: 8 }) },
        { weight: 1, arbitrary: fc.array(serverSketch, { minLength: 9, maxLength: 14 }) },
      ),
      rollout: modelRollout,
      freezes: fc.array(freezeRule, { maxLength: 2 }),
      demands: fc.record({ critical: demands, high: demands, medium: demands, low: demands, unknown: demands }),
      owners: fc.array(fc.constantFrom(...KINDS), { minLength: OWNERS.length, maxLength: OWNERS.length }),
      attended: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ servers, rollout, freezes, demands: tiers, owners, attended, seed }) => {
      const named = freezes.map((rule, n): Freeze => ({ freezeId: `freeze-${n}`, name: `freeze ${n}`, rule }));
      return {
        servers: servers.map((sketch, n) => drawServer(sketch, n, servers.length, named, calm)),
        rollout,
        readiness: { name: 'drawn', tiers },
        groups: new Map(GROUPS),
        owners: new Map(OWNERS.map((name, n) => [name, calm ? 'answers' : (owners[n] ?? 'answers')])),
        attended: calm || attended,
        seed: String(seed),
      };
    });
}

function drawServer(
  sketch: ServerSketch,
  number: number,
  count: number,
  freezes: readonly Freeze[],
  calm: boolean,
): ModelServer {
  const faults = calm ? [] : undefined;
  return {
    serverId: updateIdOf(0x5000 + number),
    name: nameOf(number),
    zone: ZONES[sketch.zone] ?? 'UTC',
    plan: drawPlan(sketch, number, sketch.frozen ? freezes : [], calm),
    // Where nothing goes wrong, what is left of chance is when an agent without the task happens to ask in a nightly window.
    task: sketch.task || (calm && sketch.nightly),
    inventory: drawInventory(sketch, count),
    off: faults ?? sketch.off.map(drawPeriod),
    networkLost: faults ?? sketch.networkLost.map(drawPeriod),
    noBackup: faults ?? sketch.noBackup.map(drawPeriod),
    failing: calm ? 0 : sketch.failing,
    slow: !calm && sketch.slow,
  };
}

function nameOf(number: number): string {
  return `s${number}.example.com`;
}

function drawPeriod({ day, hour, hours }: PeriodSketch): Period {
  const from = BEGIN + day * DAY + hour * HOUR;
  return { from, to: from + hours * HOUR };
}

function drawPlan(sketch: ServerSketch, number: number, freezes: readonly Freeze[], calm: boolean): Plan {
  const { nightly, releaseWeek, weekday, hour, windowMinutes, leadHours, missed } = sketch;
  const kind = nightly ? 'nightly' : 'weekly';
  const skips = missed === 'skip' && !nightly && !calm;
  const plan = makePlan({
    name: `plan ${number}`,
    kind,
    releaseWeek: releaseWeek as Plan['releaseWeek'],
    ...(nightly ? {} : { weekday, hour, windowMinutes, leadHours }),
    missed: missed === 'catch-up' ? { kind: 'catch-up', hours: 30 } : { kind: skips ? 'skip' : 'next' },
  });
  const oneOff = (sketch.oneOff === null ? [] : [sketch.oneOff]).map((one, n): OneOffWindow => {
    const { from } = drawPeriod(one);
    return { windowId: `one-off-${number}-${n}`, start: instantOf(from), end: instantOf(from + 4 * HOUR) };
  });
  const around = {
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: ((plan.hour + 23) % 24) * 60,
    minutes: plan.windowMinutes + 120,
  };
  return {
    ...plan,
    ...(freezes.length + oneOff.length > 0 || sketch.ownHours
      ? { calendar: { freezes, oneOff, ...(sketch.ownHours ? { hours: [around] } : {}) } }
      : {}),
  };
}

function drawInventory(sketch: ServerSketch, count: number): Inventory {
  const { role, tier, environment, group, needs, restartAfter, owner } = sketch;
  const names = (all: readonly number[]) => all.map((one) => nameOf(one % count));
  return {
    owner: { kind: 'person', name: OWNERS[owner] ?? '' },
    needs: names(needs),
    restartAfter: names(restartAfter),
    ...(role ? { roles: [role] } : {}),
    ...(tier ? { tier } : {}),
    ...(environment ? { environment } : {}),
    ...(group ? { redundancyGroup: group[0] } : {}),
  };
}
