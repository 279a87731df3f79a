import type { HolderRow, ServerPlace } from '#server/store/brakes.ts';
import type { Db } from '#server/store/pool.ts';

/** Members of a campaign that were told to install something of its set and have not said that they did, by name. */
export async function pageOfCampaignHolders(
  db: Db,
  campaignId: string,
  after: ServerPlace | undefined,
  limit: number,
): Promise<HolderRow[]> {
  const { rows } = await db.query<HolderRow>(
    `select s.server_id as "serverId", s.dns_name as "dnsName", s.customer_id as "customerId", h.told_at as "toldAt", h.deadline,
       h.state, s.last_sync as "lastSync", s.settings_at as "settingsAt"
     from campaign_server m join server s using (server_id) left join server_status t using (server_id)
     cross join lateral (
       select max(o.told_at) as told_at, min(o.deadline) as deadline, max(u.state) as state
       from campaign_update c join offer o on o.server_id = m.server_id and o.update_id = c.update_id
       left join server_update u on u.server_id = o.server_id and u.update_id = o.update_id
       where c.campaign_id = m.campaign_id and o.withdrawn_at is null
         and not coalesce(u.state = 'installed', o.update_id = any(t.installed), false)) h
     where m.campaign_id = $1 and h.told_at is not null and ($2::text is null or (s.dns_name, s.server_id) > ($2, $3::uuid))
     order by s.dns_name, s.server_id limit $4`,
    [campaignId, after?.dnsName, after?.serverId, limit],
  );
  return rows;
}

/** How many there are. */
export async function countCampaignHolders(db: Db, campaignId: string): Promise<number> {
  const { rows } = await db.query<{ holders: number }>(
    `select count(distinct o.server_id) as holders
     from campaign_server m join campaign_update c using (campaign_id)
     join offer o on o.server_id = m.server_id and o.update_id = c.update_id
     left join server_status t on t.server_id = m.server_id
     left join server_update u on u.server_id = o.server_id and u.update_id = o.update_id
     where m.campaign_id = $1 and o.withdrawn_at is null
       and not coalesce(u.state = 'installed', o.update_id = any(t.installed), false)`,
    [campaignId],
  );
  return rows[0]?.holders ?? 0;
}
