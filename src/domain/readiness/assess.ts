import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { InventoryField } from '#domain/fleet/inventory.ts';
import { INVENTORY_FIELDS } from '#domain/fleet/inventory-schema.ts';
import type { ServerFacts, ServerReadiness } from '#domain/fleet/server.ts';
import type { Check, Demands } from '#domain/readiness/readiness-policy.ts';

/** What one check came to. */
export interface Judged {
  readonly ok: boolean;
  /** What the policy asks for, e.g. `one of the last 24 h`. */
  readonly demanded: string;
  /** What is on record, e.g. `31 h old`. */
  readonly found: string;
  /** Both as one sentence. */
  readonly text: string;
  readonly subject?: string;
}

/** A server of whom something is asked. */
export interface Asked extends Pick<ServerFacts, 'inventory' | 'plan' | 'zone'> {
  readonly readiness: ServerReadiness;
}

/** Judges one check at an instant; absent when the policy does not ask for it. `updateId`: absent for whichever update failed most often. */
export function assess(
  check: Check,
  server: Asked,
  at: Temporal.Instant,
  updateId: UpdateId | undefined,
): Judged | undefined {
  const tier = server.inventory?.tier;
  const demands = server.readiness.policy.tiers[tier ?? 'unknown'];
  const whose = tier === undefined ? 'a server of unknown tier' : `a server of the tier ${tier}`;
  return JUDGES[check]({ server, demands, whose, at, updateId });
}

interface Question {
  readonly server: Asked;
  readonly demands: Demands;
  /** e.g. `a server of the tier critical`. */
  readonly whose: string;
  readonly at: Temporal.Instant;
  readonly updateId: UpdateId | undefined;
}

const JUDGES: Readonly<Record<Check, (question: Question) => Judged | undefined>> = {
  inventory: judgeInventory,
  support: judgeSupport,
  backup: (asked) =>
    judgeAge(asked, 'last backup', asked.server.readiness.condition.backupAt, asked.demands.backupHours),
  'restore-point': (asked) =>
    judgeAge(
      asked,
      'last restore point',
      asked.server.readiness.condition.restorePointAt,
      asked.demands.restorePointHours,
    ),
  'restore-test': (asked) =>
    judgeAge(
      asked,
      'last restore test',
      asked.server.readiness.condition.restoreTestAt,
      asked.demands.restoreTestDays === undefined ? undefined : asked.demands.restoreTestDays * 24,
    ),
  'pending-restart': judgePendingRestart,
  disk: judgeDisk,
  contact: (asked) =>
    judgeAge(asked, 'last contact', asked.server.readiness.condition.lastContact, asked.demands.contactHours),
  failures: judgeFailures,
  clock: judgeClock,
  tls: judgeTls,
};

/** Something that happened, and must not be longer ago than so many hours. What never happened, as far as is known, does not suffice. */
function judgeAge(
  { whose, at }: Question,
  what: string,
  last: Temporal.Instant | undefined,
  hours: number | undefined,
): Judged | undefined {
  if (hours === undefined) return undefined;
  const demanded = `one of the last ${span(hours)}`;
  const need = `${whose} needs ${demanded}`;
  if (!last)
    return { ok: false, demanded, found: 'none on record', text: `No ${what.slice(5)} is on record; ${need}.` };
  const age = hoursBetween(last, at);
  const found = `${span(Math.floor(Math.max(age, 0)))} old`;
  return { ok: age <= hours, demanded, found, text: `Its ${what} is ${found}; ${need}.` };
}

function judgeInventory({ server, demands, whose }: Question): Judged | undefined {
  const { known = [] } = demands;
  if (known.length === 0) return undefined;
  const words = (fields: readonly InventoryField[]) =>
    fields.map((field) => INVENTORY_FIELDS[field].title.toLowerCase()).join(', ');
  const missing = known.filter((field) => !isKnown(server, field));
  const demanded = `known: ${words(known)}`;
  if (missing.length === 0) return { ok: true, demanded, found: 'all known', text: 'All that must be known of it is.' };
  const found = `unknown: ${words(missing)}`;
  return {
    ok: false,
    demanded,
    found,
    subject: missing.join(', '),
    text: `Nobody told its ${words(missing)}; of ${whose} that must be known.`,
  };
}

/** A server with a plan has its window, whoever chose it. A server without any role has none that is known. */
function isKnown({ inventory, plan }: Asked, field: InventoryField): boolean {
  if (field === 'window' && plan) return true;
  return inventory?.[field] !== undefined && !(field === 'roles' && inventory.roles?.length === 0);
}

function judgeSupport({ server, demands, whose, at }: Question): Judged | undefined {
  if (!demands.supported) return undefined;
  const demanded = 'a supported operating system';
  const { status, until } = server.inventory?.support ?? {};
  const today = at.toZonedDateTimeISO(server.zone).toPlainDate();
  const isOver = until !== undefined && Temporal.PlainDate.compare(until, today) < 0;
  const ok = status !== 'unsupported' && !isOver;
  if (ok)
    return { ok, demanded, found: status ?? 'unknown, which does not hold it', text: 'Its support has not ended.' };
  const found = until === undefined ? 'unsupported' : `ended on ${until}`;
  return { ok, demanded, found, text: `Its support is over (${found}); ${whose} needs ${demanded}.` };
}

function judgePendingRestart({ server, demands, whose, at }: Question): Judged | undefined {
  const hours = demands.pendingRestartHours;
  if (hours === undefined) return undefined;
  const demanded = `none for longer than ${span(hours)}`;
  const since = server.readiness.condition.pendingRestartSince;
  if (!since) return { ok: true, demanded, found: 'none known', text: 'No restart is known to be pending.' };
  const found = `pending for ${span(Math.floor(Math.max(hoursBetween(since, at), 0)))}`;
  const text = `A restart is ${found}; on ${whose} it may be for ${span(hours)} at most.`;
  return { ok: hoursBetween(since, at) <= hours, demanded, found, text };
}

function judgeDisk({ server, demands, whose }: Question): Judged | undefined {
  const least = demands.diskFreeMegabytes;
  if (least === undefined) return undefined;
  const demanded = `${gigabytes(least)} free`;
  const free = server.readiness.condition.diskFreeMegabytes;
  if (free === undefined) return unknown(demanded, 'How much disk is free is not known.');
  const found = `${gigabytes(free)} free`;
  return {
    ok: free >= least,
    demanded,
    found,
    text: `Its system disk has ${found}; ${whose} needs ${gigabytes(least)}.`,
  };
}

function judgeFailures({ server, demands, whose, updateId }: Question): Judged | undefined {
  const most = demands.failures;
  if (most === undefined) return undefined;
  const demanded = `fewer than ${most} failures of one update`;
  const { failures } = server.readiness;
  const worst = updateId ?? [...failures].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0] as const)[0];
  const count = failures.get(worst) ?? 0;
  const ok = count < most;
  const found = count === 0 ? 'none' : `${count} in a row`;
  const text = `This update failed ${count} times in a row on it; after ${most} a person looks at ${whose} first.`;
  return { ok, demanded, found, text, ...(count === 0 ? {} : { subject: worst }) };
}

function judgeClock({ server, demands, whose }: Question): Judged | undefined {
  const most = demands.clockMinutes;
  if (most === undefined) return undefined;
  const demanded = `wrong by ${most} min at most`;
  const skew = server.readiness.condition.clockSkewSeconds;
  if (skew === undefined) return unknown(demanded, 'What its clock shows is not known.');
  const off = Math.abs(skew);
  const found = off < 60 ? `${off} s wrong` : `${Math.round(off / 60)} min ${skew < 0 ? 'behind' : 'ahead'}`;
  return { ok: off <= most * 60, demanded, found, text: `Its clock is ${found}; that of ${whose} may be ${demanded}.` };
}

function judgeTls({ server, demands, whose }: Question): Judged | undefined {
  if (!demands.tls) return undefined;
  const demanded = 'visits over TLS';
  const { tls } = server.readiness.condition;
  if (tls === undefined) return unknown(demanded, 'How it comes is not known.');
  if (tls) return { ok: true, demanded, found: 'came over TLS', text: 'It came over TLS.' };
  const found = 'came without TLS';
  return {
    ok: false,
    demanded,
    found,
    text: `It ${found}; ${whose} must come over TLS, with a certificate that it trusts.`,
  };
}

/** What a server has no means to tell does not hold it. */
function unknown(demanded: string, text: string): Judged {
  return { ok: true, demanded, found: 'unknown, which does not hold it', text };
}

function hoursBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return (to.epochMilliseconds - from.epochMilliseconds) / 3_600_000;
}

/** A number of hours for people: `31 h`, from four days on `5 days`. */
function span(hours: number): string {
  return hours < 96 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

function gigabytes(megabytes: number): string {
  return megabytes < 1024 ? `${megabytes} MB` : `${Math.floor((megabytes / 1024) * 10) / 10} GB`;
}
