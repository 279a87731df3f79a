import { cycleAt, cycleOfPublication, cycleStart, nextCycle } from '#domain/calendar/patch-tuesday.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import { rankOf } from '#domain/fleet/roles.ts';
import type { Campaign, GateFigures, Held, MemberState, Turn } from '#domain/rollout/campaign.ts';
import { countOwnerTests, type OwnerTest } from '#domain/rollout/owner-tests.ts';
import { placeServer } from '#domain/rollout/placement.ts';
import { type MemberEvidence, progressOf } from '#domain/rollout/progress.ts';
import type { CampaignEvidence, WaveEvidence } from '#domain/rollout/promotion.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import type { NextTurn } from '#domain/rollout/sweep.ts';
import type { ServerRecord } from '#domain/rollout/testing/model-service.ts';
import { instantOf, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { UPDATES } from '#domain/rollout/testing/model-updates.ts';

/** A row of `campaign_server`. Mutable. */
export interface ModelMember {
  readonly record: ServerRecord;
  readonly name: string;
  readonly wave?: number;
  readonly releaseWeek: number;
  readonly rank: number;
  readonly groups: readonly string[];
  state: MemberState;
  told?: { readonly at: Minute; readonly turn: NextTurn };
  failedAt?: Minute;
  held: Held | undefined;
  /** Windows that it lost to others of its groups since it was told last. */
  lost: number;
  /** The turn that it could be given next, until it is too late for that. */
  next?: { readonly release: Minute; readonly turn: NextTurn };
  /** Version of its record that was weighed. */
  lookedAt: number;
}

/** A row of `campaign` with its members and what people said of it. Mutable. */
export interface ModelCampaign {
  campaign: Campaign;
  readonly members: ReadonlyMap<string, ModelMember>;
  /** When its set last grew. */
  grownAt: Minute;
  /** From here on it is given up: the third cycle after its own has begun. */
  readonly oldFrom: Minute;
  beforeStop: Campaign['state'];
  /** Places whose go was given, e.g. `wave 0`. */
  readonly go: Set<string>;
  readonly tests: (OwnerTest & { readonly wave: number })[];
}

export function isUnderWay({ campaign: { state } }: ModelCampaign): boolean {
  return state === 'gathering' || state === 'promoting' || state === 'stopped';
}

/** Opens a campaign with all servers as its members. */
function openCampaign(
  plan: RolloutPlan,
  cycle: string,
  number: number,
  records: readonly ServerRecord[],
  at: Minute,
): ModelCampaign {
  const campaign: Campaign = {
    campaignId: `${cycle} #${number}`,
    customerId: 'customer',
    cycle,
    number,
    plan,
    planVersion: 1,
    state: 'gathering',
    openedAt: instantOf(at),
    updates: new Map(),
    waves: plan.waves.map(() => ({ state: 'waiting' })),
    weeks: new Map(plan.weekGate ? [2, 3, 4].map((week) => [week, { state: 'waiting' }]) : []),
  };
  const members = new Map(records.map((record) => [record.server.name, memberOf(plan, record)]));
  const oldFrom = minuteOf(cycleStart(nextCycle(nextCycle(nextCycle(cycle)))));
  return { campaign, members, grownAt: at, oldFrom, beforeStop: 'gathering', go: new Set(), tests: [] };
}

function memberOf(plan: RolloutPlan, record: ServerRecord): ModelMember {
  const { name, inventory, plan: own } = record.server;
  const wave = placeServer(plan, { inventory, name, releaseWeek: own.releaseWeek });
  return {
    record,
    name,
    ...(wave === undefined ? {} : { wave }),
    releaseWeek: own.releaseWeek,
    rank: rankOf(inventory.roles),
    groups: groupsOf(inventory, name),
    state: 'waiting',
    held: undefined,
    lost: 0,
    lookedAt: -1,
  };
}

/** Puts what is needed and in no campaign under way into the gathering one of its cycle, or opens one. */
export function gather(
  campaigns: ModelCampaign[],
  plan: RolloutPlan,
  records: readonly ServerRecord[],
  at: Minute,
): void {
  const under = campaigns.filter(isUnderWay);
  const current = cycleAt(instantOf(at));
  for (const { updateId, revisionNumber, published } of UPDATES) {
    if (minuteOf(published) > at) break;
    if (under.some(({ campaign }) => campaign.updates.has(updateId))) continue;
    if (!records.some(({ status }) => status && isOpenIn(status, updateId))) continue;
    const own = cycleOfPublication(published).cycle;
    const gathering = under.find(
      ({ campaign: { state, cycle } }) => state === 'gathering' && (cycle === own || cycle === current),
    );
    const into = gathering ?? openCampaign(plan, current, campaigns.length + 1, records, at);
    if (!gathering) {
      campaigns.push(into);
      under.push(into);
    }
    into.campaign = { ...into.campaign, updates: new Map([...into.campaign.updates, [updateId, revisionNumber]]) };
    into.grownAt = at;
  }
}

function isOpenIn({ needed, pending, failed }: NonNullable<ServerRecord['status']>, id: UpdateId): boolean {
  return needed.has(id) || pending.has(id) || failed.has(id);
}

/** Weighs what a member's agent said. */
export function moveOn(one: ModelCampaign, member: ModelMember, at: Minute): void {
  const { told } = member;
  const row = {
    state: member.state,
    ...(told ? { toldAt: instantOf(told.at), toldUntil: told.turn.window.until } : {}),
  };
  const { state } = progressOf(row, evidenceOf(one, member.record), instantOf(at));
  if (state === member.state) return;
  if (state === 'failed') member.failedAt = at;
  member.state = state;
  member.held = undefined;
}

function evidenceOf({ campaign, grownAt }: ModelCampaign, record: ServerRecord): MemberEvidence {
  const { status, told, failedAt, restartAskedAt, restartedAt } = record;
  const ids = [...campaign.updates.keys()];
  const latest = (times: ReadonlyMap<UpdateId, Minute>) => {
    const found = ids.flatMap((id) => times.get(id) ?? []);
    return found.length === 0 ? undefined : instantOf(Math.max(...found));
  };
  const failed = latest(failedAt);
  const asked = latest(restartAskedAt);
  return {
    needed: ids.some((id) => status?.needed.has(id)),
    failed: ids.some((id) => status?.failed.has(id)),
    pendingRestart: ids.some((id) => status?.pending.has(id)),
    installed: ids.some((id) => status?.installed.has(id)),
    outstanding: ids.some((id) => told.has(id)),
    ...(failed ? { failedAt: failed } : {}),
    ...(status && status.scannedAt >= grownAt ? { statusAt: instantOf(status.scannedAt) } : {}),
    ...(asked ? { restartAskedAt: asked } : {}),
    ...(restartedAt === undefined ? {} : { restartedAt: instantOf(restartedAt) }),
  };
}

/** The evidence for all gates of a campaign. */
export function campaignEvidence(one: ModelCampaign): CampaignEvidence {
  const { campaign, members, go } = one;
  const all = [...members.values()];
  const isReached = ({ wave }: ModelMember) =>
    wave !== undefined && (wave === 0 || (campaign.waves[wave]?.state ?? 'waiting') !== 'waiting');
  return {
    waves: campaign.waves.map((_, wave): WaveEvidence => {
      const placed = all.filter((member) => member.wave === wave);
      return { figures: figuresOf(one, placed, wave), goGiven: go.has(`wave ${wave}`) };
    }),
    weeks: new Map(
      [...campaign.weeks.keys()].map((week): [number, WaveEvidence] => {
        const earlier = all.filter((member) => member.releaseWeek < week && isReached(member));
        return [week, { figures: figuresOf(one, earlier), goGiven: go.has(`week ${week}`) }];
      }),
    ),
    open: all.filter(({ state }) => state === 'waiting' || state === 'told' || state === 'failed').length,
  };
}

/** Counts members; `wave`: of which wave owners' words count, absent: of all. */
function figuresOf({ tests }: ModelCampaign, members: readonly ModelMember[], wave?: number): GateFigures {
  const count = (state: MemberState) => members.filter((member) => member.state === state).length;
  const words = tests.filter((test) => wave === undefined || test.wave === wave);
  const owners = new Set(members.flatMap(({ record }) => record.server.inventory.owner?.name ?? []));
  return {
    servers: members.length,
    needing: members.length - count('not-needed'),
    told: count('told'),
    verified: count('verified'),
    failed: count('failed'),
    incidents: 0,
    ...countOwnerTests(words, owners),
  };
}

/** A member's place as the decision is told of it: the widest hold first. */
export function turnOf({ campaign }: ModelCampaign, member: ModelMember): Turn {
  const held = holdOf(campaign, member);
  const holdsSeat = member.state === 'told' || member.state === 'failed';
  return {
    campaignId: campaign.campaignId,
    campaign: campaign.campaignId,
    updates: campaign.updates,
    state: member.state,
    ...(holdsSeat && member.told ? { windowStart: member.told.turn.window.start } : {}),
    ...(held ? { held } : {}),
  };
}

function holdOf({ state, waves, weeks }: Campaign, member: ModelMember): Held | undefined {
  if (state === 'stopped') return { code: 'wave.stopped', text: 'stopped' };
  if (member.state === 'told' || member.state === 'failed') return undefined;
  if (member.wave === undefined) return { code: 'wave.unplaced', text: 'no rule places it' };
  if (waves[member.wave]?.state === 'waiting') return { code: 'wave.not-open', text: 'the wave is not open' };
  const week = weeks.get(member.releaseWeek);
  if (week && week.state !== 'passed') return { code: 'wave.week-not-open', text: 'the week is not open' };
  return member.held ?? { code: 'wave.not-its-turn', text: 'no turn yet' };
}
