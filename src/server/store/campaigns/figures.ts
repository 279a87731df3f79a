import type { MemberState } from '#domain/rollout/campaign.ts';
import { sqlInstant } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** How many members of a wave and release week are in a state. */
export interface MemberCount {
  /** Null: no rule places them. */
  readonly wave: number | null;
  readonly releaseWeek: number;
  readonly state: MemberState;
  readonly servers: number;
}

export async function countMembers(db: Db, campaignId: string): Promise<MemberCount[]> {
  const { rows } = await db.query<MemberCount>({
    name: 'count-members',
    text: `select wave, release_week as "releaseWeek", state, count(*) as servers from campaign_server
           where campaign_id = $1 group by wave, release_week, state`,
    values: [campaignId],
  });
  return rows;
}

/** An owner with servers in a wave and release week. */
export interface WaveOwner {
  readonly wave: number;
  readonly releaseWeek: number;
  readonly owner: string;
}

/** Everybody who owns a server in some waves of a campaign. */
export async function listWaveOwners(db: Db, campaignId: string, waves: readonly number[]): Promise<WaveOwner[]> {
  if (waves.length === 0) return [];
  const { rows } = await db.query<WaveOwner>({
    name: 'list-wave-owners',
    text: `select distinct m.wave, m.release_week as "releaseWeek", p.profile -> 'owner' ->> 'name' as owner
           from campaign_server m join machine p using (server_id)
           where m.campaign_id = $1 and m.wave = any($2::smallint[]) and p.profile ? 'owner'`,
    values: [campaignId, waves],
  });
  return rows;
}

/** When an update last joined a campaign's set; undefined while there is none. */
export async function findLastGrowth(db: Db, campaignId: string): Promise<Temporal.Instant | undefined> {
  const { rows } = await db.query<{ at: Temporal.Instant | null }>(
    'select max(added_at) as at from campaign_update where campaign_id = $1',
    [campaignId],
  );
  return rows[0]?.at ?? undefined;
}

/** When the incidents of a customer that are open were opened, since an instant: the latest 1,000. */
export async function listOpenIncidentTimes(
  db: Db,
  customerId: string,
  since: Temporal.Instant,
): Promise<Temporal.Instant[]> {
  const { rows } = await db.query<{ openedAt: Temporal.Instant }>(
    `select opened_at as "openedAt" from incident
     where customer_id = $1 and closed_at is null and opened_at >= $2 order by opened_at desc limit 1000`,
    [customerId, sqlInstant(since)],
  );
  return rows.map(({ openedAt }) => openedAt);
}

/** The Windows builds of the servers that are verified in a wave; of a release week's gate (below 0), in the weeks before it. */
export async function listVerifiedBuilds(db: Db, campaignId: string, wave: number): Promise<number[]> {
  const { rows } = await db.query<{ build: number }>(
    `select distinct s.os_build as build from campaign_server m join server s using (server_id)
     where m.campaign_id = $1 and m.state = 'verified' and s.os_build is not null
       and case when $2 < 0 then m.release_week < -$2 else m.wave = $2 end
     order by build limit 50`,
    [campaignId, wave],
  );
  return rows.map(({ build }) => build);
}
