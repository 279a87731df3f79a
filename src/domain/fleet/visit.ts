import { isBefore } from '#domain/instants.ts';

/** Scans less than so far apart are one visit: a scan, the installation that follows, the restart and the scan after it. */
export const VISIT_GAP = { hours: 2 };

/** When a server was here, as its row has it. */
export interface Visits {
  /** End of its last scan. */
  readonly lastSync: Temporal.Instant | null;
  /** End of the last scan before the visit to which that scan belongs. */
  readonly visitBefore: Temporal.Instant | null;
}

/** The end of the visit before the one that a scan at an instant belongs to. */
export function visitBefore({ lastSync, visitBefore }: Visits, at: Temporal.Instant): Temporal.Instant | undefined {
  if (!lastSync) return undefined;
  return isBefore(at, lastSync.add(VISIT_GAP)) ? (visitBefore ?? undefined) : lastSync;
}
