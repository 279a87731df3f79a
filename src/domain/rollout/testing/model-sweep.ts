import { releaseAt } from '#domain/calendar/release-week.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { isBefore } from '#domain/instants.ts';
import { findingsAhead, readinessFindings } from '#domain/readiness/readiness.ts';
import { seatsOf } from '#domain/rollout/at-once.ts';
import type { Held } from '#domain/rollout/campaign.ts';
import { dependencyOrder } from '#domain/rollout/order.ts';
import { promote } from '#domain/rollout/promotion.ts';
import { candidateOf, mayGo, type Neighbours, type NextTurn, neighbourhoods, nextTurn } from '#domain/rollout/sweep.ts';
import {
  campaignEvidence,
  gather,
  isUnderWay,
  type ModelCampaign,
  type ModelMember,
  moveOn,
  turnOf,
} from '#domain/rollout/testing/model-campaigns.ts';
import { actPeople } from '#domain/rollout/testing/model-people.ts';
import type { ServerRecord } from '#domain/rollout/testing/model-service.ts';
import { DAY, HOUR, instantOf, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { UPDATES } from '#domain/rollout/testing/model-updates.ts';
import type { World } from '#domain/rollout/testing/model-year.ts';
import { byLost, type Candidate, type GroupStanding, giveTurns } from '#domain/rollout/turns.ts';

/** An agent that was not here for so long is not given a turn. */
const SILENT = 60 * HOUR;
/** Without news the service looks again after so long. */
const EVERY = 24 * HOUR;

/** The order of a fleet, which does not change in the model. */
export function orderOf({ fleet }: Pick<World, 'fleet'>): ReadonlyMap<string, Neighbours> {
  return neighbourhoods(dependencyOrder(fleet.servers.map(({ name, inventory }) => ({ ...inventory, name }))));
}

/** One sweep of the service over all campaigns of the model; answers when the next one is due. */
export function sweepModel(world: World, at: Minute): Minute {
  const { service, campaigns, fleet } = world;
  gather(campaigns, fleet.rollout, service.records, at);
  for (const one of campaigns.filter(isUnderWay)) {
    if (one.oldFrom <= at) {
      one.campaign = { ...one.campaign, state: 'closed' };
      continue;
    }
    for (const member of one.members.values()) weigh(one, member, at);
    actPeople(world, one, at);
    promoteOne(world, one, at);
  }
  // The service sweeps each minute, so that a seat which one campaign frees is soon seen by the others.
  const open = campaigns.filter(({ campaign: { state } }) => state === 'gathering' || state === 'promoting');
  const next = Math.min(at + EVERY, ...open.map((one) => turns(world, one, at)));
  tellRecords(world);
  world.laws.swept(at);
  return next;
}

function weigh(one: ModelCampaign, member: ModelMember, at: Minute): void {
  const isOver = member.told !== undefined && member.state === 'told' && minuteOf(member.told.turn.window.until) <= at;
  const seen = member.record.version + one.grownAt;
  if (member.lookedAt === seen && !isOver) return;
  member.lookedAt = seen;
  moveOn(one, member, at);
}

function promoteOne(world: World, one: ModelCampaign, at: Minute): void {
  const { campaign } = one;
  const evidence = campaignEvidence(one);
  const { state, sealed, waves, weeks, changes } = promote(campaign, evidence, instantOf(at));
  if (state === 'stopped' && campaign.state !== 'stopped') one.beforeStop = sealed ? 'promoting' : 'gathering';
  one.campaign = {
    ...campaign,
    state,
    waves,
    weeks,
    ...(sealed ? { sealedAt: campaign.sealedAt ?? instantOf(at) } : {}),
    ...(state === 'stopped' ? { stopped: campaign.stopped ?? { who: 'gate', why: '', at: instantOf(at) } } : {}),
  };
  for (const { kind, place } of changes) if (kind === 'gate-passed' && place) world.laws.gatePassed(one, place, at);
}

/** Gives the turns of one campaign; answers when the next of those that wait is due. */
function turns(world: World, one: ModelCampaign, at: Minute): Minute {
  let next = at + EVERY;
  const due: { readonly member: ModelMember; readonly turn: NextTurn }[] = [];
  for (const member of one.members.values()) {
    if (member.state === 'told' && member.told)
      next = Math.min(next, after(at, minuteOf(member.told.turn.window.until)));
    if (member.state !== 'waiting' || !mayGo(one.campaign, member)) continue;
    const { turn } = nextOf(one, member, at);
    const dueAt = minuteOf(turn.dueAt);
    if (dueAt > at) next = Math.min(next, dueAt);
    else {
      member.held = notNow(world, one, member, turn.window.start, at);
      if (!member.held) due.push({ member, turn });
    }
  }
  if (due.length === 0) return next;
  const holders = new Set(world.fleet.servers.map(({ name }) => name).filter((name) => mayBeDown(world, name)));
  const candidates = due.map(({ member, turn }) => candidateFor(world, one, member, turn, holders));
  const occupancy = { seats: freeSeats(one), groups: groupStandings(world, one, holders, at) };
  const { given, held } = giveTurns(candidates, occupancy, instantOf(at));
  for (const candidate of given) tell(world, one, candidate, at);
  for (const { member } of due) member.held = held.get(member.record.server.serverId);
  return next;
}

function after(at: Minute, time: Minute): Minute {
  return time > at ? time : at + EVERY;
}

/** The turn that a member could be given next; it stays until it is too late for it, or something that it needs is released before. */
function nextOf({ campaign }: ModelCampaign, member: ModelMember, at: Minute): NonNullable<ModelMember['next']> {
  const { server, status } = member.record;
  const known = member.next;
  const release = Math.min(
    ...[...campaign.updates.keys()].filter((id) => status?.needed.has(id)).map((id) => releaseOf(member.record, id)),
    Number.POSITIVE_INFINITY,
  );
  if (known && (known.release === release || release === Number.POSITIVE_INFINITY)) {
    const { start, lastOffer } = known.turn.window;
    if (at < minuteOf(server.task ? lastOffer : start)) return known;
  }
  const from = instantOf(release === Number.POSITIVE_INFINITY ? at : release);
  if (known && (member.held?.code === 'order.group' || member.held?.code === 'order.own-night')) member.lost += 1;
  member.next = { release, turn: nextTurn(server, from, instantOf(at)) };
  return member.next;
}

/** When an update is released for a server's plan. */
function releaseOf({ server, releases }: ServerRecord, id: UpdateId): Minute {
  const known = releases.get(id);
  if (known !== undefined) return known;
  const published = UPDATES.find(({ updateId }) => updateId === id)?.published;
  if (!published) throw new Error(`no update ${id}`);
  const release = minuteOf(releaseAt(server.plan, server.zone, published));
  releases.set(id, release);
  return release;
}

/** Why a member is not asked although its turn is due: it is silent, or not ready for what it needs. */
function notNow({ service }: World, one: ModelCampaign, { record }: ModelMember, start: Temporal.Instant, at: Minute) {
  const hold = (text: string): Held => ({ code: 'wave.not-its-turn', text });
  const { lastSync } = record.visits;
  if (lastSync === undefined || at - lastSync > SILENT) return hold('silent');
  const facts = service.factsOf(record, at);
  const missing = findingsAhead(facts, start, instantOf(at)).find(({ check }) => check !== 'failures');
  if (missing) return hold(missing.text);
  const needed = [...one.campaign.updates.keys()].filter((id) => record.status?.needed.has(id));
  const isFailing = needed.every((id) =>
    readinessFindings(facts, id, instantOf(at)).some(({ check }) => check === 'failures'),
  );
  return isFailing && needed.length > 0 ? hold('failed too often') : undefined;
}

function candidateFor(
  world: World,
  one: ModelCampaign,
  member: ModelMember,
  turn: NextTurn,
  holders: ReadonlySet<string>,
): Candidate {
  const { record, name, rank, groups, releaseWeek, wave = 0, told, lost } = member;
  const waiting = {
    serverId: record.server.serverId,
    name,
    rank,
    task: record.server.task,
    groups,
    wave,
    releaseWeek,
    lost,
    ...(told ? { lastTold: instantOf(told.at) } : {}),
  };
  return candidateOf(waiting, turn, {
    neighbours: world.order,
    positionOf: (other) => one.members.get(other),
    holds: (other) => holders.has(other),
    weekGates: one.campaign.plan.weekGate !== undefined,
  });
}

function freeSeats({ campaign, members }: ModelCampaign): ReadonlyMap<number, number> {
  return new Map(
    campaign.plan.waves.map(({ atOnce }, wave) => {
      const placed = [...members.values()].filter((member) => member.wave === wave);
      const taken = placed.filter(({ state }) => state === 'told' || state === 'failed').length;
      return [wave, seatsOf(atOnce, placed.length) - taken];
    }),
  );
}

/** Whether a server holds a seat in any campaign, an offer, or a restart that is to come. */
export function mayBeDown({ campaigns, service }: World, name: string): boolean {
  const holdsSeat = campaigns.some((one) => {
    const state = isUnderWay(one) ? one.members.get(name)?.state : undefined;
    return state === 'told' || state === 'failed';
  });
  const record = service.records.find(({ server }) => server.name === name);
  return holdsSeat || (record !== undefined && (record.told.size > 0 || waitsForRestart(record)));
}

function waitsForRestart({ status, restartAskedAt, restartedAt = 0 }: ServerRecord): boolean {
  return (status?.pending.size ?? 0) > 0 || [...restartAskedAt.values()].some((asked) => asked >= restartedAt);
}

function groupStandings(
  { campaigns, fleet, members }: World,
  one: ModelCampaign,
  down: ReadonlySet<string>,
  at: Minute,
): ReadonlyMap<string, GroupStanding> {
  return new Map(
    [...members].map(([group, names]): [string, GroupStanding] => {
      const told = campaigns.flatMap((each) => names.flatMap((name) => each.members.get(name)?.told ?? []));
      const nights = told.filter((turn) => turn.at > at - 10 * DAY).map(({ turn }) => turn.night);
      const holders = names.filter((name) => down.has(name));
      const reserved = reservedFor(names.flatMap((name) => one.members.get(name) ?? []));
      const atOnce = fleet.groups.get(group) ?? 1;
      return [group, { atOnce, holders, nights: new Set(nights), ...(reserved ? { reserved } : {}) }];
    }),
  );
}

/** The member that lost the most windows to the others. */
function reservedFor(members: readonly ModelMember[]): GroupStanding['reserved'] {
  const losers = members.flatMap(({ name, state, lost, next }) =>
    state === 'waiting' && lost > 0 && next ? [{ name, lost, from: next.turn.dueAt }] : [],
  );
  return losers.sort(byLost)[0];
}

function tell(world: World, one: ModelCampaign, candidate: Candidate, at: Minute): void {
  const member = one.members.get(candidate.name);
  if (!member?.next) return;
  member.state = 'told';
  member.lost = 0;
  member.told = { at, turn: member.next.turn };
  world.laws.told(one, member, at);
  const { start, end } = candidate.window;
  const early = start.subtract({ hours: 24 });
  if (candidate.task) {
    const opening = [early, start, end].filter((time) => isBefore(instantOf(at), time)).map(minuteOf);
    world.scanSoon(candidate.name, [at + world.random.between(1, 15), ...opening]);
  }
}

/** What the decision knows of each server's places. */
function tellRecords({ campaigns, service, fleet }: World): void {
  const under = campaigns.filter(isUnderWay);
  for (const record of service.records) {
    const turns = under.flatMap((one) => {
      const member = one.members.get(record.server.name);
      return member ? [turnOf(one, member)] : [];
    });
    record.rollout = { kinds: new Set(fleet.rollout.kinds), turns };
  }
}
