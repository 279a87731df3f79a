import type { EndpointResult } from '#contract/endpoint.ts';
import {
  addTestResult,
  campaignServers,
  listCampaigns,
  releaseServer,
  resumeCampaign,
  showCampaign,
} from '#contract/endpoints/campaigns.ts';
import { isBefore } from '#domain/instants.ts';
import type { Happening } from './happenings.ts';
import type { StoryTeller } from './story-beats.ts';
import { WAVES_CUSTOMER } from './waves-customer.ts';

const WHO = 'Erin Walsh';
const FIRST_MORNING = Temporal.Instant.from('2023-10-12T09:00:00Z');

type Campaign = EndpointResult<typeof showCampaign>;

/** What a person at the customer with waves does each morning: looks at what was stopped, and tells how the pilots' applications work. */
export function morningRounds(teller: StoryTeller): readonly Happening[] {
  const told = new Set<string>();
  const happenings: Happening[] = [];
  for (let day = FIRST_MORNING; isBefore(day, teller.scenario.to); day = day.add({ hours: 24 })) {
    const at = day;
    happenings.push({ at, run: () => lookAround(teller, at, told) });
  }
  return happenings;
}

async function lookAround(teller: StoryTeller, at: Temporal.Instant, told: Set<string>): Promise<void> {
  const { api } = teller.service;
  const query = { customer: WAVES_CUSTOMER.name, limit: 100 };
  const { items } = await api.call(listCampaigns, { query });
  for (const { campaignId, endedAt } of items) {
    if (told.has(campaignId)) continue;
    const campaign = await api.call(showCampaign, { params: { campaign: campaignId } });
    tellPassed(teller, at, campaign, told);
    if (campaign.state === 'stopped') await resume(teller, at, campaign);
    else if (endedAt === undefined) await test(teller, at, campaign);
    else told.add(campaignId);
  }
}

/** Of the first campaign of each cycle: which gates have passed since yesterday. */
function tellPassed({ say }: StoryTeller, at: Temporal.Instant, campaign: Campaign, told: Set<string>): void {
  if (!campaign.name.endsWith('#1')) return;
  for (const { gate, title, passedAt, line = '' } of campaign.waves) {
    const key = `${campaign.campaignId} ${gate}`;
    if (passedAt === undefined || told.has(key)) continue;
    told.add(key);
    say(at, `${campaign.name}: the gate behind "${title}" passed at ${passedAt}. ${line}`);
  }
}

/** A failed gate has stopped it: somebody looks at the server, frees its seat, and lets the campaign go on. */
async function resume({ service: { api }, say }: StoryTeller, at: Temporal.Instant, campaign: Campaign): Promise<void> {
  const { campaignId, name, stopped } = campaign;
  const params = { campaign: campaignId };
  say(at, `${name} was stopped at ${stopped?.at}. ${stopped?.who}: ${stopped?.why}.`);
  const { items } = await api.call(campaignServers, { params, query: { state: 'failed' } });
  for (const { dnsName } of items) {
    const body = { who: WHO, why: 'its component store was repaired' };
    await api.call(releaseServer, { params: { ...params, server: dnsName }, body });
  }
  await api.call(resumeCampaign, { params, body: { who: WHO, why: 'the server is repaired, it gets another turn' } });
  say(at, `${WHO} repaired ${items.map(({ dnsName }) => dnsName).join(', ')}, gives another turn, and resumes it.`);
}

/** Where the pilots have everything and no owner has said so yet, one does. */
async function test({ service: { api }, say }: StoryTeller, at: Temporal.Instant, campaign: Campaign): Promise<void> {
  const [pilot] = campaign.waves;
  if (pilot?.state !== 'open') return;
  const { needing, verified, ownersWorked } = pilot.figures;
  if (needing === 0 || verified < needing || ownersWorked > 0) return;
  const body = { owner: 'ERP team', result: 'worked', note: 'orders and tracking work on the pilots' } as const;
  await api.call(addTestResult, { params: { campaign: campaign.campaignId, gate: pilot.gate }, body });
  say(at, `${campaign.name}: the ERP team tried its application on the pilots, and it works.`);
}
