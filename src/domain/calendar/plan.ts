import type { LocalSpan } from '#domain/fleet/inventory.ts';

/** When a server is patched: the customer's choice, in the server's own zone. */
export interface Plan {
  readonly name: string;
  /** `weekly`: one weekday and hour in each local week. `nightly`: every night, between 01:00 and 05:00, from the release on. */
  readonly kind: 'weekly' | 'nightly';
  /** 1 early, 2 default, 3 delayed; 4 is the Managed Operations level. */
  readonly releaseWeek: 1 | 2 | 3 | 4;
  /** ISO weekday, 1 Monday … 7 Sunday; nightly plans ignore it. */
  readonly weekday: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** Whole local hour at which the window opens, 0–23; nightly plans open at 1. */
  readonly hour: number;
  /** Length of the window in minutes, restart included; 60–1440. Nightly plans: 240. */
  readonly windowMinutes: number;
  /** How long before the window the offer is served, so that the client knows it in time; 0–144 h, default 48; none for nightly plans. */
  readonly leadHours: number;
  /** Expected length of install and restart in minutes; an offer ends this long before the window does. */
  readonly runMinutes: number;
  /** Minutes after a window opens from which nothing is begun any more; absent: as long as the run still fits. */
  readonly latestStartMinutes?: number;
  /** Days after the publication of a revision before this plan takes it: 1, 8, 15, 22 by release week. */
  readonly soakDays: number;
  /** Weekly windows after the primary one finish what one pass could not; nightly plans go on every night whatever it says. */
  readonly followUp: boolean;
  /** What becomes of a window in which a server was not there. */
  readonly missed: Missed;
  /** `each-scan`: definitions are there at each scan and go in at the client's own schedule. `daily`: they go in at each scan. */
  readonly definitions: 'each-scan' | 'daily';
  /** Further windows of each week from the primary one on, at most six; weekly plans only. */
  readonly extraWindows: readonly ExtraWindow[];
  /** What of the calendars reaches the server that has the plan; never kept with the plan itself. */
  readonly calendar?: PlanCalendar;
}

/** One-off windows besides the plan's own; a window that a freeze touches, or that leaves the server's own hours, is not held. */
export interface PlanCalendar {
  readonly freezes: readonly Freeze[];
  readonly oneOff: readonly OneOffWindow[];
  /** When the server may be restarted at all; absent: at any time. */
  readonly hours?: readonly LocalSpan[];
}

/** A time in which nothing is installed. */
export interface Freeze {
  readonly freezeId: string;
  readonly name: string;
  readonly rule: FreezeRule;
}

/**
 * `once`: [start, end). `dates`: local days, the last one included. `month-end`: the last days of each local month, and the first ones of
 * the next. `yearly`: local days of each year, `MM-DD`, the last one included; they may go over the new year.
 */
export type FreezeRule =
  | { readonly kind: 'once'; readonly start: Temporal.Instant; readonly end: Temporal.Instant }
  | { readonly kind: 'dates'; readonly from: string; readonly to: string }
  | { readonly kind: 'month-end'; readonly lastDays: number; readonly firstDays: number }
  | { readonly kind: 'yearly'; readonly from: string; readonly to: string };

/** A window that is held once. */
export interface OneOffWindow {
  readonly windowId: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
}

/**
 * `next`: its next window, a follow-up one or the next cycle's. `catch-up`: at its first visit within so many hours after the window's
 * end, else the next. `skip`: not before the next cycle's window; such a plan has no follow-up windows.
 */
export type Missed =
  | { readonly kind: 'next' }
  | { readonly kind: 'catch-up'; readonly hours: number }
  | { readonly kind: 'skip' };

/** A weekly window besides the plan's own: whole local hour at which it opens, 0–23, and 60–1440 minutes. */
export type ExtraWindow = Pick<Plan, 'weekday' | 'hour' | 'windowMinutes'>;

/** A maintenance window: install and restart happen in [start, end). */
export interface Window {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** The cycle, e.g. `2025-10`, whose release it serves: that of the primary window that it is or follows. */
  readonly cycle: string;
  /** The one window of a weekly plan in its release week; for nightly plans the first night of the release. */
  readonly primary: boolean;
  /**
   * The end of a window within its lead that is not held: the schedule in the agents' registry knows no calendar, and would start there what
   * they had been told before.
   */
  readonly leadNotBefore?: Temporal.Instant;
}
