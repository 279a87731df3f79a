import { type Progress, progressOf } from '#domain/rollout/progress.ts';
import { type MovedMember, pageOfProgressing, saveProgress } from '#server/store/campaigns/progress.ts';
import type { TallyKind } from './tally.ts';
import { PAGE, updateIdsOf, type Work } from './work.ts';

const TALLIED: Readonly<Record<Progress['state'], TallyKind>> = {
  waiting: 'waiting-again',
  told: 'told',
  verified: 'verified',
  failed: 'failed',
  'not-needed': 'not-needed',
};

/** Of so many that hold no seat is weighed in one sweep what they said; the next sweep goes on. */
const MOST_OTHERS = 10_000;

/** Weighs what was heard of members since they were last looked at, and moves those of whom it says something new; who holds a seat first. */
export async function followProgress(work: Work): Promise<void> {
  await follow(work, true, Number.POSITIVE_INFINITY);
  await follow(work, false, MOST_OTHERS);
}

async function follow(work: Work, seated: boolean, most: number): Promise<void> {
  const { client, campaign, at, tally } = work;
  const { campaignId } = campaign;
  const query = { campaignId, seated, set: updateIdsOf(work), grownAt: grownAt(work), at, limit: PAGE };
  let looked = 0;
  for (let after: string | undefined; looked < most; looked += PAGE) {
    const rows = await pageOfProgressing(client, { ...query, after });
    const moved: MovedMember[] = [];
    for (const { serverId, dnsName, member, evidence } of rows) {
      const { state, since = at } = progressOf(member, evidence, at);
      if (state === member.state) continue;
      moved.push({ serverId, state, since });
      tally.count(TALLIED[state], [dnsName]);
    }
    const ids = rows.map(({ serverId }) => serverId);
    if (ids.length > 0) await saveProgress(client, campaign.campaignId, ids, moved, at);
    after = ids.at(-1);
    if (rows.length < PAGE) return;
  }
}

/** What was reported before an update joined the set says nothing of it. */
function grownAt({ set, campaign }: Work): Temporal.Instant {
  return set.at(-1)?.addedAt ?? campaign.openedAt;
}
