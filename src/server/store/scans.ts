import { VISIT_GAP } from '#domain/fleet/visit.ts';
import { columns, sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import { SOFT } from './soft-commit.ts';

/** A scan that went through to its end. */
export interface FinishedScan {
  readonly serverId: string;
  readonly at: Temporal.Instant;
}

/**
 * Notes that scans went through to their end. The commit does not wait for the disk: a crash of the machine may forget the scans of the last
 * moments, and the servers will scan again.
 */
export async function noteScans(db: Db, scans: readonly FinishedScan[]): Promise<void> {
  const latest = new Map<string, FinishedScan>();
  for (const scan of scans) {
    const known = latest.get(scan.serverId);
    if (!known || Temporal.Instant.compare(known.at, scan.at) < 0) latest.set(scan.serverId, scan);
  }
  const rows = [...latest.values()].map(({ serverId, at }) => ({ serverId, at: sqlInstant(at) }));
  await db.query({
    name: 'note-scans',
    text: `with ${SOFT},
             scan as (select server_id, at from soft, unnest($1::uuid[], $2::timestamptz[]) as n (server_id, at)
               where soft.set = 'off'),
             locked as (select s.server_id from server s join scan using (server_id) order by s.server_id for no key update of s)
           update server s set last_sync = greatest(s.last_sync, scan.at), last_seen = greatest(s.last_seen, scan.at),
             visit_before = case when scan.at >= s.last_sync + make_interval(hours => $3) then s.last_sync else s.visit_before end
           from scan join locked using (server_id) where s.server_id = scan.server_id`,
    values: [...columns(rows, ['serverId', 'at']), VISIT_GAP.hours],
  });
}
