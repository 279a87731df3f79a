import type { Campaign, CampaignState, WaveStanding } from '#domain/rollout/campaign.ts';
import {
  type Ask,
  type Moved,
  moveGate,
  type Place,
  type PromotionChange,
  unmoved,
  type WaveEvidence,
} from '#domain/rollout/promotion-gate.ts';

export type { Ask, Place, PromotionChange, WaveEvidence };

export interface CampaignEvidence {
  /** One for each wave of the plan, in order. */
  readonly waves: readonly WaveEvidence[];
  /**
   * By release week, for those after the first in which there is a server: what the servers of all earlier weeks have shown, in the
   * waves that have opened (the first one always counts). Those in later waves cannot have shown anything yet, and to wait for them
   * would be to wait for oneself.
   */
  readonly weeks: ReadonlyMap<number, WaveEvidence>;
  /** Members that are waiting, told or failed. */
  readonly open: number;
}

/** How a campaign stands now, what changed, and who is to be asked. */
export interface Promotion {
  readonly state: CampaignState;
  readonly sealed: boolean;
  readonly waves: readonly WaveStanding[];
  readonly weeks: ReadonlyMap<number, WaveStanding>;
  readonly changes: readonly PromotionChange[];
  readonly asks: readonly Ask[];
}

const GATED_WEEKS = [2, 3, 4];

/**
 * Moves a campaign on by its evidence. The first wave is open at once, each later one when the gate before it has passed. The set is
 * sealed when the first gate of a wave with servers in it passes; the set of a campaign of one wave may grow until nothing is open. A
 * failed gate stops the campaign. One that is stopped or at its end stays as it is.
 */
export function promote(campaign: Campaign, evidence: CampaignEvidence, at: Temporal.Instant): Promotion {
  const wasSealed = campaign.sealedAt !== undefined;
  if (campaign.state !== 'gathering' && campaign.state !== 'promoting') {
    const { state, waves, weeks } = campaign;
    return { state, sealed: wasSealed, waves, weeks, changes: [], asks: [] };
  }
  const waves = moveWaves(campaign, evidence, at);
  const weeks = moveWeeks(campaign, evidence, at);
  const moved = [...waves, ...weeks.values()];
  const changes = moved.flatMap((one) => one.changes);
  const stops = changes.some(({ kind }) => kind === 'gate-failed');
  const ends = !stops && evidence.open === 0 && waves.every(({ standing }) => standing.state === 'passed');
  const sealed = wasSealed || ends || waves.some((wave, place) => showed(wave, evidence.waves[place]));
  if (sealed && !wasSealed) changes.push({ kind: 'sealed', line: 'what is approved later goes into another campaign' });
  if (ends) changes.push({ kind: 'finished', line: 'all gates have passed and nothing is open' });
  return {
    state: stops ? 'stopped' : ends ? 'finished' : sealed ? 'promoting' : 'gathering',
    sealed,
    waves: waves.map(({ standing }) => standing),
    weeks: new Map([...weeks].map(([week, { standing }]) => [week, standing])),
    changes,
    asks: moved.flatMap((one) => one.asks),
  };
}

function moveWaves({ plan, waves }: Campaign, evidence: CampaignEvidence, at: Temporal.Instant): Moved[] {
  // The only gate of a plan leads nowhere: it passes when all is done, so that the set may grow until then.
  const waits = plan.waves.length === 1 && evidence.open > 0;
  const moved: Moved[] = [];
  for (const [wave, { title, gate }] of plan.waves.entries()) {
    const standing = waves[wave] ?? { state: 'waiting' };
    const shown = evidence.waves[wave];
    const isHeld = wave > 0 && moved[wave - 1]?.standing.state !== 'passed';
    const place = { kind: 'wave', wave } as const;
    moved.push(
      isHeld || !shown ? unmoved(standing) : moveGate({ place, title, gate, standing, evidence: shown, waits }, at),
    );
  }
  return moved;
}

function moveWeeks({ plan, weeks }: Campaign, evidence: CampaignEvidence, at: Temporal.Instant): Map<number, Moved> {
  const moved = new Map<number, Moved>();
  const { weekGate } = plan;
  if (!weekGate) return moved;
  let isHeld = false;
  for (const week of GATED_WEEKS) {
    const standing = weeks.get(week) ?? { state: 'waiting' };
    const shown = evidence.weeks.get(week);
    const placed = { place: { kind: 'week', week }, title: `Release week ${week}`, gate: weekGate, standing } as const;
    const one: Moved =
      isHeld || !shown ? unmoved(standing) : moveGate({ ...placed, evidence: shown, waits: false }, at);
    moved.set(week, one);
    if (shown) isHeld = one.standing.state !== 'passed';
  }
  return moved;
}

/** A wave without servers shows nothing of the set, so the set need not be sealed after it. */
function showed({ standing }: Moved, evidence: WaveEvidence | undefined): boolean {
  return standing.state === 'passed' && evidence !== undefined && evidence.figures.servers > 0;
}
