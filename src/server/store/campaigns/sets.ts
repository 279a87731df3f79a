import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Db } from '#server/store/pool.ts';

/** The updates of campaigns, kept in memory by the version of their sets. */
export interface CampaignSets {
  /** Update → revision number, of the asked version or a later one. */
  setOf(campaignId: string, version: number): Promise<ReadonlyMap<UpdateId, number>>;
}

interface KeptSet {
  readonly version: number;
  readonly updates: ReadonlyMap<UpdateId, number>;
}

/** Campaigns of which the sets are kept; the one that was asked for longest ago goes first. */
const MOST_SETS = 2_000;

export function campaignSets(db: Db): CampaignSets {
  const kept = new Map<string, Promise<KeptSet>>();

  function load(campaignId: string): Promise<KeptSet> {
    const loading = loadSet(db, campaignId);
    remember(campaignId, loading);
    loading.catch(() => kept.get(campaignId) === loading && kept.delete(campaignId)); // the next one asks again
    return loading;
  }
  function remember(campaignId: string, set: Promise<KeptSet>): void {
    kept.delete(campaignId);
    kept.set(campaignId, set);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_SETS) return;
      kept.delete(oldest);
    }
  }
  return {
    async setOf(campaignId, version) {
      const known = kept.get(campaignId);
      if (known) remember(campaignId, known);
      const set = await (known ?? load(campaignId));
      return (set.version < version ? await load(campaignId) : set).updates;
    },
  };
}

/** The set of a campaign as it is now; empty when there is no such campaign. */
async function loadSet(db: Db, campaignId: string): Promise<KeptSet> {
  const { rows } = await db.query<{ version: number; updateId: UpdateId | null; revisionNumber: number | null }>({
    name: 'load-campaign-set',
    text: `select c.set_version as version, u.update_id as "updateId", u.revision_number as "revisionNumber"
           from campaign c left join campaign_update u using (campaign_id) where c.campaign_id = $1`,
    values: [campaignId],
  });
  const updates = rows.flatMap(({ updateId, revisionNumber }): [UpdateId, number][] =>
    updateId === null || revisionNumber === null ? [] : [[updateId, revisionNumber]],
  );
  return { version: rows[0]?.version ?? 0, updates: new Map(updates) };
}
