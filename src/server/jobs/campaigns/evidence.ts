import { isBefore } from '#domain/instants.ts';
import type { GateFigures } from '#domain/rollout/campaign.ts';
import { countOwnerTests } from '#domain/rollout/owner-tests.ts';
import type { CampaignEvidence } from '#domain/rollout/promotion.ts';
import type { WaveEvidence } from '#domain/rollout/promotion-gate.ts';
import type { CampaignRow } from '#server/store/campaigns/campaigns.ts';
import {
  countMembers,
  findLastGrowth,
  listOpenIncidentTimes,
  listWaveOwners,
  type MemberCount,
} from '#server/store/campaigns/figures.ts';
import { listGoes } from '#server/store/campaigns/gate-events.ts';
import type { GateRow } from '#server/store/campaigns/gates.ts';
import { listTestResults } from '#server/store/campaigns/test-results.ts';
import type { Db } from '#server/store/pool.ts';

/**
 * Gathers what a campaign's gates go by: counted in the database, summed here. The owners are those of the waves of which a gate that has
 * not passed asks for the word of each, or of all waves. That it works, and a go, were said of the set as it was: when it has grown since,
 * they are asked for again.
 */
export async function campaignEvidence(
  db: Db,
  campaign: CampaignRow,
  gates: ReadonlyMap<number, GateRow>,
  whose: 'asked' | 'all' = 'asked',
): Promise<CampaignEvidence> {
  const { campaignId, customerId, openedAt, plan } = campaign;
  const counts = await countMembers(db, campaignId);
  const owners = await listWaveOwners(
    db,
    campaignId,
    whose === 'all' ? [...plan.waves.keys()] : asked(campaign, gates),
  );
  const grownAt = (await findLastGrowth(db, campaignId)) ?? openedAt;
  const tests = (await listTestResults(db, campaignId)).filter(
    ({ result, at }) => result !== 'worked' || !isBefore(at, grownAt),
  );
  const goes = await listGoes(db, campaignId, grownAt);
  const incidents = await listOpenIncidentTimes(db, customerId, openedAt);

  /** `mine`: which waves and release weeks count. */
  function evidenceOf(gate: number, mine: (wave: number, releaseWeek: number) => boolean): WaveEvidence {
    const since = gates.get(gate)?.standing.openedAt;
    const ownersHere = owners.filter(({ wave, releaseWeek }) => mine(wave, releaseWeek));
    const testsHere = tests.filter(({ wave }) => gate < 0 || wave === gate);
    return {
      figures: {
        ...countFigures(counts.filter(({ wave, releaseWeek }) => wave !== null && mine(wave, releaseWeek))),
        incidents: incidents.filter((opened) => since !== undefined && !isBefore(opened, since)).length,
        ...countOwnerTests(testsHere, new Set(ownersHere.map(({ owner }) => owner))),
      },
      goGiven: goes.has(gate),
    };
  }
  const hasOpened = (wave: number): boolean =>
    wave === 0 || (gates.get(wave)?.standing.state ?? 'waiting') !== 'waiting';
  return {
    waves: plan.waves.map((_, place) => evidenceOf(place, (wave) => wave === place)),
    weeks: new Map(
      plan.weekGate === undefined
        ? []
        : gatedWeeks(counts).map((week) => [
            week,
            evidenceOf(-week, (wave, releaseWeek) => releaseWeek < week && hasOpened(wave)),
          ]),
    ),
    open: sum(counts.filter(({ state }) => state === 'waiting' || state === 'told' || state === 'failed')),
  };
}

/** The waves whose owners are asked, each of them. */
function asked({ plan }: CampaignRow, gates: ReadonlyMap<number, GateRow>): number[] {
  const waves = [...plan.waves.keys()];
  const passed = (gate: number): boolean => gates.get(gate)?.standing.state === 'passed';
  if (plan.weekGate?.ownerTest === 'each-owner' && ![-2, -3, -4].every(passed)) return waves;
  return waves.filter((wave) => plan.waves[wave]?.gate.ownerTest === 'each-owner' && !passed(wave));
}

/** The release weeks after the first in which there are servers; where none are in earlier ones, their gate has nothing to wait for. */
function gatedWeeks(counts: readonly MemberCount[]): number[] {
  const weeks = new Set(counts.filter(({ wave }) => wave !== null).map(({ releaseWeek }) => releaseWeek));
  return [...weeks].filter((week) => week > 1).sort((a, b) => a - b);
}

type Counted = Pick<GateFigures, 'servers' | 'needing' | 'told' | 'verified' | 'failed'>;

/** Who has not reported yet counts as needing it. */
function countFigures(counts: readonly MemberCount[]): Counted {
  const of = (state: MemberCount['state']) => sum(counts.filter((one) => one.state === state));
  const servers = sum(counts);
  return {
    servers,
    needing: servers - of('not-needed'),
    told: of('told'),
    verified: of('verified'),
    failed: of('failed'),
  };
}

function sum(counts: readonly MemberCount[]): number {
  return counts.reduce((total, { servers }) => total + servers, 0);
}
