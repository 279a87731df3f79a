/** What happened on one virtual server at one instant. */
export interface LogEntry {
  readonly server: string;
  readonly at: Temporal.Instant;
  readonly fact: LogFact;
}

export type LogFact =
  | ScanFact
  | FailureFact
  | UpdateFact
  | InstallFact
  /** The machine is up again; `downFrom` is when it went down. Pending installations have taken effect. */
  | { readonly kind: 'restarted'; readonly downFrom: Temporal.Instant; readonly updates: readonly string[] }
  /** The hour of a scheduled installation passed while the machine was off. */
  | { readonly kind: 'schedule-missed'; readonly scheduled: Temporal.Instant }
  | { readonly kind: 'reported'; readonly events: number }
  /** The settings task wrote other values into the registry. */
  | { readonly kind: 'settings-written'; readonly version: string };

interface ScanFact {
  readonly kind: 'scanned';
  /** SyncUpdates calls. */
  readonly calls: number;
  /** Update ids that the server deployed and this machine needs. */
  readonly offered: readonly string[];
  /** Rule elements that the model of the machine could not answer → how often. */
  readonly unknownRules: Readonly<Record<string, number>>;
}

interface FailureFact {
  readonly kind: 'scan-failed' | 'report-failed' | 'task-failed';
  readonly hresult: number;
  readonly message: string;
}

/** `updateId` is the update as it was offered, a bundle's parent. */
type UpdateFact = { readonly updateId: string; readonly revisionNumber: number } & (
  | { readonly kind: 'downloaded'; readonly bytes: number }
  | { readonly kind: 'download-failed' | 'install-failed'; readonly hresult: number; readonly message: string }
);

/** An installation or removal that ended well. */
export interface InstallFact {
  readonly kind: 'installed' | 'removed';
  readonly updateId: string;
  readonly revisionNumber: number;
  readonly startedAt: Temporal.Instant;
  readonly trigger: InstallTrigger;
  /** Takes effect at the next restart. */
  readonly needsRestart: boolean;
}

/**
 * The agent's own schedule, a schedule that was missed while the machine was off and is made up for after its start, a deadline that
 * has passed, or a person.
 */
export type InstallTrigger = 'schedule' | 'missed-schedule' | 'deadline' | 'person';
