import type { UpdateId } from '#domain/catalogue/revision.ts';
import { seatsOf } from '#domain/rollout/at-once.ts';
import type { CampaignEvidence, Promotion } from '#domain/rollout/promotion.ts';
import { candidateOf, mayGo, type NextTurn, type Waiting } from '#domain/rollout/sweep.ts';
import { type Candidate, giveTurns, type Occupancy } from '#domain/rollout/turns.ts';
import { listDueDetails, listDueMembers, listHookFailures } from '#server/store/campaigns/candidates.ts';
import { type HeldMember, holdForSeats, holdMembers, tellMembers } from '#server/store/campaigns/members.ts';
import { askHooks, listHookHolds } from '#server/store/hook-runs.ts';
import { listReadiness } from '#server/store/readiness-conditions.ts';
import type { Paced, TurnFinder } from './next-turn.ts';
import { readyMember } from './readying.ts';
import { lookAround } from './surroundings.ts';
import { PAGE, updateIdsOf, type Work } from './work.ts';

/** So many members of a wave are looked at in one sweep; the next sweep goes on. */
const MOST_DUE = 5_000;
/** Where there are more, those that got no turn let the others come first for so long. */
const STANDS_BACK = { minutes: 5 };
const WEEKS = [1, 2, 3, 4];

/** What turns are given by. */
export interface Turning {
  readonly work: Work;
  /** For what is kept in memory from sweep to sweep. */
  readonly keeper: object;
  readonly updates: ReadonlyMap<UpdateId, Paced>;
  readonly findTurn: TurnFinder;
}

/** Gives turns to members of the waves that are open: as many as have seats, in their order, and notes why the others wait. */
export async function giveOutTurns(turning: Turning, promotion: Promotion, evidence: CampaignEvidence): Promise<void> {
  const { work } = turning;
  const { client, campaign, at } = work;
  for (const [wave, { atOnce, title }] of campaign.plan.waves.entries()) {
    const weeks = WEEKS.filter((releaseWeek) => mayGo({ plan: campaign.plan, ...promotion }, { wave, releaseWeek }));
    const figures = evidence.waves[wave]?.figures;
    if (!figures || weeks.length === 0) continue;
    const seats = seatsOf(atOnce, figures.servers);
    const left = await fillSeats(turning, wave, weeks, seats - figures.told - figures.failed);
    if (left > 0) continue;
    const text = `All ${seats} seats of the wave "${title}" are taken: by servers that were told to start and are not verified yet.`;
    await holdForSeats(client, campaign.campaignId, wave, text, at);
  }
}

/** Returns how many seats are left. */
async function fillSeats(turning: Turning, wave: number, weeks: readonly number[], free: number): Promise<number> {
  const { work } = turning;
  const { client, campaign, at } = work;
  if (free <= 0) return 0;
  const query = { campaignId: campaign.campaignId, wave, weeks, set: updateIdsOf(work), at, limit: MOST_DUE };
  const ids = await listDueMembers(client, query);
  let seats = free;
  const again = ids.length === MOST_DUE ? at.add(STANDS_BACK) : undefined;
  for (let from = 0; from < ids.length && seats > 0; from += PAGE)
    seats -= await givePage(turning, { wave, ids: ids.slice(from, from + PAGE), seats, again });
  return seats;
}

/** Some members of a wave that are due. */
interface DuePage {
  readonly wave: number;
  readonly ids: readonly string[];
  /** How many are free. */
  readonly seats: number;
  /** When those that get no turn are asked again; absent: the next time. */
  readonly again: Temporal.Instant | undefined;
}

/** Returns how many seats were taken. */
async function givePage(turning: Turning, { wave, ids, seats, again }: DuePage): Promise<number> {
  const { work, keeper, updates, findTurn } = turning;
  const { client, campaign, at, tally } = work;
  const rows = await listDueDetails(client, campaign.campaignId, updateIdsOf(work), ids);
  const readiness = await listReadiness(client, ids, at);
  const held: HeldMember[] = [];
  const ready: { readonly member: Waiting; readonly turn: NextTurn }[] = [];
  for (const row of rows) {
    const readied = readyMember(work, row, readiness.get(row.serverId), updates, findTurn);
    if ('held' in readied) held.push(readied.held);
    else ready.push(readied);
  }
  const { surroundings, groups } = await lookAround(
    work,
    keeper,
    ready.map(({ member }) => member),
  );
  const candidates = ready.map(({ member, turn }) => candidateOf(member, turn, surroundings));
  const hooked = await listHookHolds(
    client,
    campaign.campaignId,
    candidates.map(({ serverId }) => serverId),
  );
  const free = candidates.filter(({ serverId }) => !hooked.has(serverId));
  const { given, held: waiting } = giveTurns(free, { seats: new Map([[wave, seats]]), groups }, at);
  for (const [serverId, reason] of [...waiting, ...hooked])
    held.push({ serverId, ...reason, ...(again ? { dueAt: again } : {}) });
  const wanted = candidates.filter(({ serverId }) => hooked.has(serverId));
  const asked = await askFirst(work, wanted, { seats: new Map([[wave, seats - given.length]]), groups });
  await tellMembers(client, campaign.campaignId, given.map(toldOf), at);
  await holdMembers(client, campaign.campaignId, held);
  tally.count(
    'told',
    given.map(({ name }) => name),
  );
  return given.length + asked;
}

/**
 * Asks the hooks of those that would have a turn if their first step were done; returns how many, since seats wait for them. Where a step
 * was given up, no seat waits.
 */
async function askFirst(work: Work, wanted: readonly Candidate[], occupancy: Occupancy): Promise<number> {
  if (wanted.length === 0) return 0;
  const { client, at } = work;
  const { campaignId } = work.campaign;
  const failed = await listHookFailures(
    client,
    campaignId,
    wanted.map(({ serverId }) => serverId),
  );
  const { given } = giveTurns(
    wanted.filter(({ serverId }) => !failed.has(serverId)),
    occupancy,
    at,
  );
  await askHooks(
    client,
    campaignId,
    given.map(({ serverId }) => serverId),
    at,
  );
  return given.length;
}

function toldOf({ serverId, window: { start, end, until } }: Candidate) {
  return { serverId, windowStart: start, windowEnd: end, until };
}
