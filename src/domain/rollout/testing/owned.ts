import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Reason } from '#domain/decide/decision.ts';
import { isUnderWay, type ModelCampaign, type ModelMember } from '#domain/rollout/testing/model-campaigns.ts';
import type { ServerRecord } from '#domain/rollout/testing/model-service.ts';
import { mayBeDown } from '#domain/rollout/testing/model-sweep.ts';
import { DAY, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { publishedAt, UPDATES } from '#domain/rollout/testing/model-updates.ts';
import type { World } from '#domain/rollout/testing/model-year.ts';

/**
 * What is wrong with an update being open on a server, followed from reason to reason: undefined where time brings it, where it is under way,
 * or where somebody, or a machine out of reach, has to act. What is left is nobody's: a wait in a circle, or for nothing at all.
 */
export function whyOwnedByNobody(
  world: World,
  record: ServerRecord,
  id: UpdateId,
  at: Minute,
  path: readonly string[] = [],
): string | undefined {
  const { name } = record.server;
  const step = `${name} ${id.slice(-3)}`;
  if (path.includes(step)) return `waits in a circle: ${[...path, step].join(' → ')}`;
  const decision = world.service.decisionFor(record, id, at);
  if (decision.offered || decision.reasons.some(isPersonal)) return undefined;
  const reason = decision.reasons.find(({ question }) => question === 'wave');
  if (!reason) return decision.until ? undefined : `${step} is held without an end: ${decision.reasons[0].code}`;
  const one = world.campaigns.find(
    (campaign) => isUnderWay(campaign) && campaign.campaign.updates.has(id) && campaign.members.has(name),
  );
  const member = one?.members.get(name);
  if (!one || !member) return isNews(record, id, at) ? undefined : `${step} is in no campaign`;
  const others = waitedFor(world, one, member, reason);
  if (others === 'fine') return undefined;
  if (others.length === 0) return isToCome(member, at) ? undefined : `${step} waits for nothing: ${reason.code}`;
  const problems = others.map((other) => whyMemberIsStuck(world, one, other, at, [...path, step]));
  return problems.includes(undefined) ? undefined : problems[0];
}

/** What a person answers for; or its successor is offered, so that it is not this update that is open. */
function isPersonal({ question, code }: Reason): boolean {
  return question === 'readiness' || ['wave.stopped', 'wave.unplaced', 'catalogue.superseded'].includes(code);
}

/** Nobody could know of it: its agent did not say so yet. */
function isNews({ status, server }: ServerRecord, id: UpdateId, at: Minute): boolean {
  const isYoung = UPDATES.slice(0, publishedAt(at - 2 * DAY)).every(({ updateId }) => updateId !== id);
  const isAway = [...server.off, ...server.networkLost].some(({ from, to }) => from <= at && at <= to + DAY);
  return isYoung || isAway || !status?.needed.has(id);
}

/** What held it when its last window came is over: its next one is still to come, or the next sweep finds it. */
function isToCome({ next, record: { server } }: ModelMember, at: Minute): boolean {
  if (!next) return false;
  const { start, lastOffer } = next.turn.window;
  return minuteOf(next.turn.dueAt) > at || minuteOf(server.task ? lastOffer : start) <= at;
}

/** Whom a member waits for, any of whom brings it on. */
function waitedFor(
  world: World,
  one: ModelCampaign,
  member: ModelMember,
  { code, subject }: Reason,
): readonly ModelMember[] | 'fine' {
  const members = [...one.members.values()];
  switch (code) {
    case 'wave.not-open': {
      const wave = one.campaign.waves.findIndex(({ state }) => state !== 'passed');
      return gateWaits(
        one,
        members.filter((other) => other.wave === wave),
        one.campaign.waves[wave]?.verdict?.line,
      );
    }
    case 'wave.week-not-open': {
      const [, standing] = [...one.campaign.weeks].find(([, { state }]) => state !== 'passed') ?? [];
      return gateWaits(
        one,
        members.filter(({ releaseWeek }) => releaseWeek < member.releaseWeek),
        standing?.verdict?.line,
      );
    }
    case 'wave.seats':
      return members.filter((other) => other.wave === member.wave && holdsSeat(other));
    case 'order.group':
      return members.filter((other) => other !== member && isIn(world, other, subject) && mayBeDown(world, other.name));
    case 'order.dependency':
      return members.filter(
        (other) => other.name === subject && (goesBefore(world, one, other, member) || mayBeDown(world, other.name)),
      );
    default:
      // Its turn comes with its next window, unless it is silent or not ready.
      return member.next || member.held || member.state === 'told' ? 'fine' : [];
  }
}

/** Whether a member has still to go before another one: not where it stands behind a gate that the other stands before. */
function goesBefore(
  { order }: World,
  { campaign: { plan } }: ModelCampaign,
  first: ModelMember,
  then: ModelMember,
): boolean {
  const isNamed = order.get(then.name)?.before.includes(first.name) ?? false;
  const isDone = first.state === 'verified' || first.state === 'not-needed';
  const isBehind =
    (first.wave ?? 99) > (then.wave ?? 0) || (plan.weekGate !== undefined && first.releaseWeek > then.releaseWeek);
  return isNamed && !isDone && !isBehind;
}

/** Whether a member is in a group: a redundancy group, or a cycle of dependencies, which goes one at a time like one. */
function isIn({ order }: World, { name, groups }: ModelMember, group: string | undefined): boolean {
  return group !== undefined && (groups.includes(group) || (order.get(name)?.groups.includes(group) ?? false));
}

/** A gate waits for its members, or for people: those who said nothing yet, the time, or an owner who doubts. */
function gateWaits(one: ModelCampaign, members: readonly ModelMember[], line: string | undefined) {
  if (line && /soak|owner|person|fail|incident/.test(line)) return 'fine';
  const open = members.filter((member) => member.state === 'waiting' || holdsSeat(member));
  return open.length === 0 && one.campaign.state === 'stopped' ? 'fine' : open;
}

function whyMemberIsStuck(
  world: World,
  one: ModelCampaign,
  { record, name }: ModelMember,
  at: Minute,
  path: readonly string[],
): string | undefined {
  if (mayBeDown(world, name)) return whySeatIsKept(world, record, at);
  const needed = [...one.campaign.updates.keys()].find((id) => record.status?.needed.has(id));
  // Its agent has not spoken since the set grew: it is out of reach.
  return needed === undefined ? undefined : whyOwnedByNobody(world, record, needed, at, path);
}

/** A seat of a failed server is a person's to free; one of a told server is for a window to come, or for what it was told and still has. */
function whySeatIsKept({ campaigns }: World, record: ServerRecord, at: Minute): string | undefined {
  const { name } = record.server;
  const seats = campaigns.filter(isUnderWay).flatMap(({ members }) => members.get(name) ?? []);
  const isIdle = ({ state, told }: ModelMember) =>
    state === 'told' && (told === undefined || minuteOf(told.turn.window.until) + 2 * DAY <= at);
  return seats.some(isIdle) && !keepsSomething(record) ? `${name} keeps a seat for nothing` : undefined;
}

/** An offer that was not taken back, or a restart that did not come. */
function keepsSomething({ told, status, restartAskedAt, restartedAt = 0 }: ServerRecord): boolean {
  const waits = [...restartAskedAt.values()].some((asked) => asked >= restartedAt);
  return told.size > 0 || waits || (status?.pending.size ?? 0) > 0;
}

function holdsSeat({ state }: ModelMember): boolean {
  return state === 'told' || state === 'failed';
}
