import { randomUUID } from 'node:crypto';
import { saveCampaign } from '#server/store/campaigns/campaigns.ts';
import { addGateEvents } from '#server/store/campaigns/gate-events.ts';
import type { Work } from './work.ts';

/** Gives a campaign up: it holds and serves nothing any more, and what is still needed and approved joins another one. */
export async function closeCampaign(
  { client, campaign, at, tally }: Pick<Work, 'client' | 'campaign' | 'at' | 'tally'>,
  { who, token, why }: { readonly who: string; readonly token: string | null; readonly why: string },
): Promise<void> {
  const { campaignId } = campaign;
  await saveCampaign(client, { ...campaign, state: 'closed', endedAt: at });
  await addGateEvents(client, [
    { gateEventId: randomUUID(), campaignId, wave: null, kind: 'close', who, token, at, details: { line: why } },
  ]);
  tally.line(`${who} closed it: ${why}`);
}
