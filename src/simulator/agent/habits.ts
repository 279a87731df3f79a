import { isBefore } from '#domain/instants.ts';

/** How one virtual server lives, and what goes wrong with it: a plain record, durations in minutes. */
export interface Habits {
  /** Longest random wait between a scan and the download that follows it. */
  readonly downloadDelay: number;
  /** Shortest and longest time that one update takes to install. */
  readonly installMinutes: readonly [number, number];
  /** Shortest and longest time from the restart to the running system. */
  readonly bootMinutes: readonly [number, number];
  /** The machine is switched off. */
  readonly off: readonly Period[];
  /** The machine runs, but reaches nobody. */
  readonly networkLost: readonly Period[];
  /** Somebody is logged on all the time. */
  readonly userLoggedOn: boolean;
  /** Bytes that downloads may take; more fails with 0x80070070. */
  readonly freeDisk: number;
  /** Installations that fail: the first `times` attempts of an update, with an HRESULT. */
  readonly failures: readonly InstallFailure[];
  /** Asks for compressed answers, as native agents do. */
  readonly acceptXpress: boolean;
  /** Minutes by which the server's own clock runs ahead; negative: behind. Its schedule, deadlines and event times follow it. */
  readonly clockSkew: number;
  /** Its backups; absent: it has none that it knows of. */
  readonly backup?: BackupHabit;
  /** Of a node of a failover cluster: whether a role of the cluster runs on it. */
  readonly clusterRole?: 'active' | 'passive';
  /** When a person opens Windows Update and installs at once what is downloaded. In order. */
  readonly installedByHand: readonly Temporal.Instant[];
}

/** A backup ends each day at an hour (UTC). */
export interface BackupHabit {
  readonly hour: number;
  /** From here on every backup fails. */
  readonly stopsAt?: Temporal.Instant;
}

/** One run of a machine's backup. */
interface BackupRun {
  readonly at: Temporal.Instant;
  readonly ok: boolean;
}

const RUNS_KNOWN = 7;

/** The last runs of its backup as the machine knows them at an instant, the latest first. */
export function backupRuns({ hour, stopsAt }: BackupHabit, at: Temporal.Instant): readonly BackupRun[] {
  const ofDay = at.round({ smallestUnit: 'hour', roundingIncrement: 24, roundingMode: 'floor' }).add({ hours: hour });
  const last = isBefore(at, ofDay) ? ofDay.subtract({ hours: 24 }) : ofDay;
  return Array.from({ length: RUNS_KNOWN }, (_, days) => {
    const end = last.subtract({ hours: 24 * days });
    return { at: end, ok: stopsAt === undefined || isBefore(end, stopsAt) };
  });
}

/** Half open: [from, to). */
export interface Period {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

interface InstallFailure {
  /** Lower-case GUID of the update as it is offered (a bundle's parent). */
  readonly updateId: string;
  readonly times: number;
  /** Unsigned, e.g. 0x80070643. */
  readonly hresult: number;
}

/** A healthy server. */
export function createHabits(over: Partial<Habits> = {}): Habits {
  return {
    downloadDelay: 30,
    installMinutes: [2, 12],
    bootMinutes: [3, 8],
    off: [],
    networkLost: [],
    userLoggedOn: false,
    freeDisk: 256 * 1024 * 1024,
    failures: [],
    acceptXpress: true,
    clockSkew: 0,
    installedByHand: [],
    ...over,
  };
}

/** The period of a list that contains an instant. */
export function periodAt(periods: readonly Period[], at: Temporal.Instant): Period | undefined {
  return periods.find(
    ({ from, to }) => Temporal.Instant.compare(from, at) <= 0 && Temporal.Instant.compare(at, to) < 0,
  );
}
