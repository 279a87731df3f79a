import { campaignLabel } from '#server/store/campaigns/campaigns.ts';
import { appendRecord } from '#server/store/record.ts';
import type { Work } from './work.ts';

/** Puts on record what a sweep did to a campaign; nothing where nothing happened. */
export async function noteTally({ client, campaign, at, tally }: Work, clock: 'real' | 'simulated'): Promise<void> {
  const facts = tally.facts();
  if (facts === undefined) return;
  const { campaignId, customerId } = campaign;
  const subject = { campaign: campaignId, label: campaignLabel(campaign) };
  await appendRecord(client, [{ customerId, at, clock, who: 'service', what: 'campaign.moved', subject, facts }]);
}
