import { randomUUID } from 'node:crypto';
import { canonicalJson } from '#domain/evidence/canonical-json.ts';
import { gateLetter } from '#domain/notice/gate-letter.ts';
import type { Campaign, WaveStanding } from '#domain/rollout/campaign.ts';
import { type CampaignEvidence, type Promotion, promote } from '#domain/rollout/promotion.ts';
import type { Ask, Place, PromotionChange } from '#domain/rollout/promotion-gate.ts';
import { type CampaignRow, campaignLabel, saveCampaign } from '#server/store/campaigns/campaigns.ts';
import { addGateEvents, type GateEvent } from '#server/store/campaigns/gate-events.ts';
import { type GateRow, gateNumber, listGates, saveGates } from '#server/store/campaigns/gates.ts';
import { addNotice } from '#server/store/notices.ts';
import { campaignEvidence } from './evidence.ts';
import type { Work } from './work.ts';

/** A campaign's row with its set and gates, as the pure rules see it. */
export function campaignOf(
  { campaign, set }: Pick<Work, 'campaign' | 'set'>,
  gates: ReadonlyMap<number, GateRow>,
): Campaign {
  const { campaignId, customerId, cycle, number, plan, planVersion, state, openedAt, sealedAt } = campaign;
  const weeks = [...gates.values()].filter(({ wave }) => wave < 0);
  const { stoppedAt, stoppedBy, stoppedWhy } = campaign;
  const isStopped = state === 'stopped' && stoppedAt !== null && stoppedBy !== null && stoppedWhy !== null;
  return {
    ...{ campaignId, customerId, cycle, number, plan, planVersion: planVersion ?? 0, state, openedAt },
    ...(sealedAt ? { sealedAt } : {}),
    updates: new Map(set.map(({ updateId, revisionNumber }) => [updateId, revisionNumber])),
    waves: plan.waves.map((_, place): WaveStanding => gates.get(place)?.standing ?? { state: 'waiting' }),
    weeks: new Map(weeks.map(({ wave, standing }) => [-wave, standing])),
    ...(isStopped ? { stopped: { who: stoppedBy, why: stoppedWhy, at: stoppedAt } } : {}),
  };
}

/** What came of judging a campaign's gates. */
export interface Judged {
  readonly campaign: CampaignRow;
  readonly promotion: Promotion;
  readonly evidence: CampaignEvidence;
}

/**
 * Judges the gates of a campaign by its evidence and writes what follows: waves that open, verdicts with their figures, the seal, a stop, the
 * end, and whom to ask.
 */
export async function judgeGates(work: Work, wallNow: () => Temporal.Instant): Promise<Judged> {
  const { client, campaign, at, tally } = work;
  const { campaignId } = campaign;
  const gates = await listGates(client, campaignId);
  const evidence = await campaignEvidence(client, campaign, gates);
  const promotion = promote(campaignOf(work, gates), evidence, at);
  const next = nextGates(promotion, evidence.weeks, gates);
  const asked = await ask(work, promotion, next, wallNow);
  if (asked.some((gate) => !isSame(gates.get(gate.wave), gate)) || next.length < gates.size)
    await saveGates(client, campaignId, asked);
  const events = [
    ...promotion.changes.flatMap((change) => changeEvents(work, change)),
    ...verdictEvents(work, gates, asked),
  ];
  await addGateEvents(client, events);
  for (const { line } of promotion.changes) tally.line(line);
  return { campaign: await saveState(work, promotion), promotion, evidence };
}

/** The gates that there are now: those of all waves, and of the release weeks that have something before them. */
function nextGates(
  { waves, weeks }: Promotion,
  gated: ReadonlyMap<number, unknown>,
  before: ReadonlyMap<number, GateRow>,
): GateRow[] {
  const numbered: [number, WaveStanding][] = [
    ...waves.map((standing, wave): [number, WaveStanding] => [wave, standing]),
    ...[...weeks]
      .filter(([week]) => gated.has(week))
      .map(([week, standing]): [number, WaveStanding] => [-week, standing]),
  ];
  return numbered.map(([wave, standing]) => ({ ...before.get(wave), wave, standing }));
}

function isSame(before: GateRow | undefined, now: GateRow): boolean {
  return before !== undefined && asText(before) === asText(now);
}

/** Members come in another order from the database. */
function asText(gate: GateRow): string {
  return canonicalJson(JSON.parse(JSON.stringify(gate)));
}

/** Writes the notices to those who are to be asked and were not yet; returns the gates with a note of it. */
async function ask(
  work: Work,
  { asks }: Promotion,
  gates: readonly GateRow[],
  wallNow: () => Temporal.Instant,
): Promise<GateRow[]> {
  const noted = new Map(gates.map((gate) => [gate.wave, gate]));
  for (const one of asks) {
    const number = gateNumber(one.place);
    const gate = noted.get(number);
    if (!gate || (one.kind === 'time-out' && gate.askedAt) || (one.kind === 'escalation' && gate.escalatedAt)) continue;
    await tell(work, one, gate, wallNow());
    if (one.kind === 'time-out') noted.set(number, { ...gate, askedAt: work.at });
    if (one.kind === 'escalation') noted.set(number, { ...gate, escalatedAt: work.at });
  }
  return [...noted.values()];
}

async function tell(
  { client, campaign, directory, at }: Work,
  { kind, place, to, due, line }: Ask,
  { standing }: GateRow,
  now: Temporal.Instant,
): Promise<void> {
  const { campaignId, customerId } = campaign;
  if (!standing.verdict) return;
  const letter = gateLetter({
    customer: directory.customers.get(customerId)?.name ?? '',
    campaign: campaignLabel(campaign),
    gate: gateTitle(campaign, place),
    why: kind,
    line,
    figures: standing.verdict.figures,
  });
  for (const recipient of new Set(to)) {
    const key = ['gate', campaignId, gateNumber(place), kind, due, recipient].join(' ');
    await addNotice(client, { noticeId: randomUUID(), kind: 'gate', key, customerId, recipient, ...letter, at }, now);
  }
}

/** How people call a gate: by its wave, or its release week. */
function gateTitle({ plan }: Pick<CampaignRow, 'plan'>, place: Place): string {
  return place.kind === 'wave' ? (plan.waves[place.wave]?.title ?? '') : `Release week ${place.week}`;
}

/** A gate that passes is told of by its verdict. */
const EVENTS: { readonly [kind in PromotionChange['kind']]?: GateEvent['kind'] } = {
  'wave-opened': 'open',
  'gate-failed': 'stop',
  sealed: 'seal',
  finished: 'finish',
};

function changeEvents({ campaign, at }: Work, { kind: change, place, line }: PromotionChange): GateEvent[] {
  const kind = EVENTS[change];
  if (!kind) return [];
  const wave = place ? gateNumber(place) : null;
  const by = { who: 'service', token: null, at };
  return [{ gateEventId: randomUUID(), campaignId: campaign.campaignId, wave, kind, ...by, details: { line } }];
}

/** Every change of a verdict, with the figures that it goes by. */
function verdictEvents(
  { campaign, at }: Work,
  before: ReadonlyMap<number, GateRow>,
  now: readonly GateRow[],
): GateEvent[] {
  return now.flatMap(({ wave, standing: { verdict } }): GateEvent[] => {
    if (!verdict || before.get(wave)?.standing.verdict?.verdict === verdict.verdict) return [];
    const { line, figures } = verdict;
    return [
      {
        ...{
          gateEventId: randomUUID(),
          campaignId: campaign.campaignId,
          wave,
          kind: 'verdict',
          who: 'service',
          token: null,
          at,
        },
        details: { verdict: verdict.verdict, line, figures: { ...figures } },
      },
    ];
  });
}

async function saveState({ client, campaign, at }: Work, { state, sealed, changes }: Promotion): Promise<CampaignRow> {
  if (state === campaign.state && sealed === (campaign.sealedAt !== null)) return campaign;
  const failed = changes.find(({ kind }) => kind === 'gate-failed');
  const next: CampaignRow = {
    ...campaign,
    state,
    sealedAt: sealed ? (campaign.sealedAt ?? at) : null,
    endedAt: state === 'finished' ? at : campaign.endedAt,
    ...(failed
      ? {
          ...{ beforeStop: sealed ? 'promoting' : 'gathering', stoppedAt: at, stoppedBy: 'A gate' },
          stoppedWhy: failed.line,
        }
      : {}),
  };
  await saveCampaign(client, next);
  return next;
}
