import { CodedError } from '#contract/errors.ts';
import { seatsOf } from '#domain/rollout/at-once.ts';
import type { GateFigures } from '#domain/rollout/campaign.ts';
import type { CampaignEvidence } from '#domain/rollout/promotion.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import {
  type CampaignRow,
  campaignLabel,
  findCampaign,
  listCampaignsCalled,
} from '#server/store/campaigns/campaigns.ts';
import type { GateRow } from '#server/store/campaigns/gates.ts';
import type { TestResultRow } from '#server/store/campaigns/test-results.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LABEL = /^(\d{4}-\d{2}) ?#?(\d{1,6})$/;

/** A campaign by its id, or by its name where one customer alone has it; `not-found` or `ambiguous` else. */
export async function findCampaignCalled({ pool, keeper }: ApiDeps, text: string): Promise<CampaignRow> {
  const byId = GUID.test(text) ? await findCampaign(pool, text.toLowerCase()) : undefined;
  if (byId) return byId;
  const [, cycle, number] = LABEL.exec(text.trim()) ?? [];
  const called = cycle === undefined ? [] : await listCampaignsCalled(pool, cycle, Number(number));
  const [only, second] = called;
  if (!only) throw new CodedError('not-found', `There is no campaign "${text}".`);
  if (!second) return only;
  const { customers } = keeper.directory();
  const candidates = called.map(
    ({ campaignId, customerId }) => `${campaignId}  ${customers.get(customerId)?.name ?? ''}`,
  );
  throw new CodedError('ambiguous', `Several customers have a campaign "${text}".`, candidates);
}

/** A campaign as lists show it. */
export function campaignShown({ keeper }: ApiDeps, row: CampaignRow) {
  const { campaignId, customerId, planVersion, state, openedAt, sealedAt, endedAt, stoppedAt, stoppedBy, stoppedWhy } =
    row;
  const isStopped = stoppedAt !== null && stoppedBy !== null && stoppedWhy !== null && state === 'stopped';
  return {
    ...{ campaignId, name: campaignLabel(row), state, openedAt: openedAt.toString() },
    customer: keeper.directory().customers.get(customerId)?.name ?? customerId,
    ...(planVersion === null ? {} : { planVersion }),
    ...(sealedAt ? { sealedAt: sealedAt.toString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toString() } : {}),
    ...(isStopped ? { stopped: { at: stoppedAt.toString(), who: stoppedBy, why: stoppedWhy } } : {}),
  };
}

/** What a gate is called in calls: the name of its wave, or its release week. */
export function gateName({ waves }: RolloutPlan, number: number): string {
  return number < 0 ? `week-${-number}` : (waves[number]?.name ?? String(number));
}

/** The number of a gate by what it is called; `not-found` with the names that there are. */
export function gateCalled(plan: RolloutPlan, name: string): number {
  const names = [...plan.waves.keys(), ...(plan.weekGate ? [-2, -3, -4] : [])];
  const found = names.find((number) => gateName(plan, number) === name);
  if (found !== undefined) return found;
  const candidates = names.map((number) => gateName(plan, number));
  throw new CodedError('not-found', `The plan of the campaign has no gate "${name}".`, candidates);
}

/** The waves of a campaign with their gates, and the gates of its release weeks. */
export function gatesShown({ plan }: CampaignRow, gates: ReadonlyMap<number, GateRow>, evidence: CampaignEvidence) {
  const waves = plan.waves.map(({ title, atOnce }, place) => {
    const figures = evidence.waves[place]?.figures ?? NO_FIGURES;
    const seats = seatsOf(atOnce, figures.servers);
    return {
      ...gateShown(plan, place, title, gates.get(place), figures),
      ...(Number.isFinite(seats) ? { seats } : {}),
      taken: figures.told + figures.failed,
    };
  });
  const weeks = [...evidence.weeks].map(([week, { figures }]) =>
    gateShown(plan, -week, `Release week ${week}`, gates.get(-week), figures),
  );
  return { waves, weeks };
}

function gateShown(plan: RolloutPlan, number: number, title: string, row: GateRow | undefined, figures: GateFigures) {
  const { state = 'waiting', openedAt, passedAt, metSince, verdict } = row?.standing ?? {};
  return {
    ...{ gate: gateName(plan, number), title, state, figures },
    ...(openedAt ? { openedAt: openedAt.toString() } : {}),
    ...(passedAt ? { passedAt: passedAt.toString() } : {}),
    ...(metSince ? { metSince: metSince.toString() } : {}),
    ...(verdict ? { verdict: verdict.verdict, line: verdict.line } : {}),
  };
}

const NO_FIGURES: GateFigures = {
  ...{ servers: 0, needing: 0, told: 0, verified: 0, failed: 0, incidents: 0 },
  ...{ worked: 0, didNot: 0, cannotTell: 0, owners: 0, ownersWorked: 0 },
};

/** An owner's word as it is shown. */
export function testShown(plan: RolloutPlan, row: TestResultRow) {
  const { wave, owner, result, builds, note, who, at } = row;
  return { gate: gateName(plan, wave), owner, result, builds: [...builds], note, who, at: at.toString() };
}

/** Why a change of a campaign is refused by where it stands. */
export function refuseEnded(row: CampaignRow): void {
  if (row.endedAt) throw new CodedError('campaign.state', `The campaign ${campaignLabel(row)} is ${row.state}.`);
}

/** For the record. */
export function campaignSubject(row: CampaignRow) {
  return { campaign: row.campaignId, label: campaignLabel(row) };
}
