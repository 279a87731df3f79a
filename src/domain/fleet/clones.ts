import { isBefore, later } from '#domain/instants.ts';

/** A name, or name and hardware, under which one client id came, and from when to when. */
export interface MachineSeen {
  /** As `machineName` writes it, or the bare DNS name. */
  readonly machine: string;
  readonly firstSeen: Temporal.Instant;
  readonly lastSeen: Temporal.Instant;
}

/** What several machines under one client id differ in. */
export interface Clones {
  readonly differ: 'name' | 'hardware';
  readonly machines: readonly MachineSeen[];
}

/** What a machine says of its hardware ([MS-WUSP] 2.2.2.2.3). */
export interface Hardware {
  readonly computerManufacturer?: string;
  readonly computerModel?: string;
  readonly biosVersion?: string;
  readonly biosReleaseDate?: Temporal.Instant;
}

/** What stands between name and hardware; no DNS name holds it. */
const SEPARATOR = ' | ';
const LONGEST = 500;
/** Machines of which one has not come for so long are not taken for clones any more. */
const RECENT = { hours: 24 * 14 };

/** A machine by its DNS name and what it says of its hardware, in one line of at most 500 UTF-16 units. */
export function machineName(dnsName: string, { biosReleaseDate, ...hardware }: Hardware): string {
  const { computerManufacturer, computerModel, biosVersion } = hardware;
  const said = [computerManufacturer, computerModel, biosVersion, biosReleaseDate?.toString()];
  return `${dnsName}${SEPARATOR}${said.map((text) => text ?? '?').join(', ')}`.slice(0, LONGEST).toWellFormed();
}

/**
 * Whether several machines come under one client id: at least two names, or two kinds of hardware, whose times overlap, both of them
 * seen in the last 14 days. A server that was renamed, or moved to other hardware, comes under one after the other.
 */
export function findClones(seen: readonly MachineSeen[], at: Temporal.Instant): Clones | undefined {
  const names = overlapping(merged(seen, nameOf), at);
  if (names.length > 0) return { differ: 'name', machines: names };
  const described = seen.filter(({ machine }) => machine.includes(SEPARATOR));
  const hardware = overlapping(merged(described, hardwareOf), at);
  return hardware.length > 0 ? { differ: 'hardware', machines: hardware } : undefined;
}

function nameOf(machine: string): string {
  return machine.split(SEPARATOR, 1)[0] ?? machine;
}

function hardwareOf(machine: string): string {
  return machine.slice(machine.indexOf(SEPARATOR) + SEPARATOR.length);
}

/** One row a name: from the first time that it was seen to the last. */
function merged(seen: readonly MachineSeen[], part: (machine: string) => string): readonly MachineSeen[] {
  return [...Map.groupBy(seen, ({ machine }) => part(machine))].map(([machine, rows]) => ({
    machine,
    firstSeen: rows.reduce((first, row) => (isBefore(row.firstSeen, first) ? row.firstSeen : first), AFTER_ALL),
    lastSeen: rows.reduce((last, row) => later(last, row.lastSeen), BEFORE_ALL),
  }));
}

const AFTER_ALL = Temporal.Instant.fromEpochMilliseconds(8.64e15);
const BEFORE_ALL = Temporal.Instant.fromEpochMilliseconds(-8.64e15);

/** Those whose time overlaps with that of another; by their first time. */
function overlapping(rows: readonly MachineSeen[], at: Temporal.Instant): readonly MachineSeen[] {
  const from = at.subtract(RECENT);
  const recent = rows.filter(({ lastSeen }) => !isBefore(lastSeen, from));
  return recent
    .filter((row) => recent.some((other) => other !== row && overlap(row, other)))
    .sort((a, b) => Temporal.Instant.compare(a.firstSeen, b.firstSeen));
}

function overlap(a: MachineSeen, b: MachineSeen): boolean {
  return isBefore(a.firstSeen, b.lastSeen) && isBefore(b.firstSeen, a.lastSeen);
}

/** What to do on each clone but one, as administrator, so that it gets an id of its own. */
export const CLONE_CURE: readonly string[] = [
  'Stop-Service wuauserv',
  String.raw`$key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate'`,
  'Remove-ItemProperty $key -Name SusClientId, SusClientIdValidation -ErrorAction SilentlyContinue',
  'Start-Service wuauserv',
  'wuauclt.exe /resetauthorization /detectnow  # Server 2012 R2 and earlier',
  'UsoClient.exe StartScan                     # Server 2016 and later',
];
