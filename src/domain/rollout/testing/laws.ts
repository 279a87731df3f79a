import type { UpdateId } from '#domain/catalogue/revision.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import type { Place } from '#domain/rollout/promotion.ts';
import { type Agent, needsOf } from '#domain/rollout/testing/model-agent.ts';
import { isFrozen, lastBackup, slotAt } from '#domain/rollout/testing/model-calendar.ts';
import { isUnderWay, type ModelCampaign, type ModelMember } from '#domain/rollout/testing/model-campaigns.ts';
import type { ModelFleet, ModelServer } from '#domain/rollout/testing/model-fleet.ts';
import type { Offer } from '#domain/rollout/testing/model-service.ts';
import { DAY, HOUR, instantOf, type Minute, minuteOf } from '#domain/rollout/testing/model-time.ts';
import { UPDATES } from '#domain/rollout/testing/model-updates.ts';

/** Looks at what happens, by the truth of the agents and by arithmetic of its own, and writes down what must never be. */
export interface Laws {
  readonly broken: readonly string[];
  offers(agent: Agent, at: Minute): void;
  installs(agent: Agent, updates: readonly UpdateId[], at: Minute): void;
  told(one: ModelCampaign, member: ModelMember, at: Minute): void;
  gatePassed(one: ModelCampaign, place: Place, at: Minute): void;
  swept(at: Minute): void;
}

/** What the laws look at. */
export interface Seen {
  readonly fleet: ModelFleet;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly campaigns: readonly ModelCampaign[];
  /** Group → names of its members. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

const PUBLISHED = new Map(UPDATES.map(({ updateId, published }) => [updateId, minuteOf(published)]));

export function createLaws(seen: Seen): Laws {
  const broken: string[] = [];
  const breaks = (law: string, at: Minute, what: string) => {
    if (broken.length < 20) broken.push(`${law}: ${instantOf(at)} ${what}`);
  };
  const goesBefore = dependencies(seen.fleet.servers);
  return {
    broken,
    offers({ record: { server }, offers }, at) {
      for (const [id, { from }] of offers) {
        const what = `${server.name} is offered ${id.slice(-3)}`;
        if (!isBackedUp(seen.fleet, server, at)) breaks('backup', at, what);
        const places = seen.campaigns.filter((one) => isUnderWay(one) && one.campaign.updates.has(id));
        if (!places.some((one) => hasTurn(one, server.name, from))) breaks('turn', at, `${what} without a turn`);
      }
    },
    installs(agent, updates, at) {
      const { server } = agent.record;
      for (const id of updates) {
        const offer = agent.offers.get(id);
        const what = `${server.name} installs ${id.slice(-3)}`;
        for (const law of whyWrong(agent, id, offer, at))
          breaks(law, at, `${what}, told ${offer && (at - offer.toldAt) / HOUR} h before`);
      }
      for (const [group, atOnce] of limits(seen, server)) {
        const down = (seen.members.get(group) ?? []).filter(
          (name) => name !== server.name && seen.agents.get(name)?.run,
        );
        if (down.length >= atOnce) breaks('group', at, `${server.name} goes down, ${down} of "${group}" are`);
      }
      for (const other of goesBefore.beside(server.name)) {
        if (seen.agents.get(other)?.run) breaks('beside', at, `${server.name} goes down beside ${other}`);
      }
    },
    told({ campaign }, member, at) {
      const { wave = -1, name, releaseWeek } = member;
      if (campaign.state === 'stopped') breaks('stopped', at, `${name} is told`);
      for (const [n, { state }] of campaign.waves.entries()) {
        if (n < wave && state !== 'passed') breaks('wave', at, `${name} of wave ${wave} is told before gate ${n}`);
      }
      const week = campaign.weeks.get(releaseWeek);
      if (week && week.state !== 'passed') breaks('week', at, `${name} is told before the gate of week ${releaseWeek}`);
      for (const other of goesBefore.first(name)) {
        const agent = seen.agents.get(other);
        const place = seen.campaigns.find((one) => one.campaign === campaign)?.members.get(other);
        const isEarlier =
          place?.wave !== undefined &&
          place.wave <= wave &&
          (campaign.weeks.size === 0 || place.releaseWeek <= releaseWeek);
        if (agent && isEarlier && isOpen(agent, campaign.updates.keys(), at))
          breaks('order', at, `${name} is told before ${other}`);
      }
    },
    gatePassed(one, place, at) {
      if (place.kind === 'wave') for (const law of whyNoGate(seen, one, place.wave, at)) breaks('gate', at, law);
    },
    swept(at) {
      for (const [group, names] of seen.members) {
        const holding = names.filter((name) => holdsSeat(seen.campaigns, name));
        if (holding.length > (seen.fleet.groups.get(group) ?? 1))
          breaks('seats', at, `${holding} of "${group}" hold seats`);
      }
    },
  };
}

/** What is wrong with an installation that begins now, by the server's own calendar, backup and release. */
function whyWrong({ record: { server }, failed }: Agent, id: UpdateId, offer: Offer | undefined, at: Minute): string[] {
  if (!offer) return ['not offered'];
  const wrong: string[] = [];
  const { releaseWeek } = server.plan;
  // Who could not be reached since then keeps what it was told; nobody can take that back. The same holds of what failed in its window,
  // until the agent asks again: at the next time of its schedule it may try once more before that.
  const isAway = [...server.off, ...server.networkLost].some(({ from, to }) => from <= at && offer.toldAt < to);
  const isOutOfReach = isAway || (failed.has(id) && offer.until <= at);
  const isCatchingUp = server.plan.missed.kind === 'catch-up' && at < offer.to + 31 * HOUR;
  if (!isOutOfReach && !isCatchingUp && !slotAt(server, at)) wrong.push('window');
  if (!isOutOfReach && !isCatchingUp && isFrozen(server, at)) wrong.push('freeze');
  if (at < (PUBLISHED.get(id) ?? 0) + 7 * (releaseWeek - 1) * DAY) wrong.push('release');
  return wrong;
}

/** Whether a server was told for the window that begins at a minute, or failed, in a campaign that goes on. */
function hasTurn({ campaign, members }: ModelCampaign, name: string, from: Minute): boolean {
  const member = members.get(name);
  if (!member || campaign.state === 'stopped') return false;
  return (
    member.state === 'failed' ||
    (member.state === 'told' && member.told?.turn.window.start.equals(instantOf(from)) === true)
  );
}

/** Whether a server's backup at the time of an offer was as old as its tier allows at most. */
function isBackedUp({ readiness }: ModelFleet, server: ModelServer, at: Minute): boolean {
  const hours = readiness.tiers[server.inventory.tier ?? 'unknown'].backupHours;
  return hours === undefined || at - lastBackup(server, at) <= hours * HOUR;
}

function limits({ fleet }: Seen, { inventory, name }: ModelServer): readonly (readonly [string, number])[] {
  return groupsOf(inventory, name).map((group) => [group, fleet.groups.get(group) ?? 1]);
}

function holdsSeat(campaigns: readonly ModelCampaign[], name: string): boolean {
  return campaigns.some((one) => {
    const state = isUnderWay(one) ? one.members.get(name)?.state : undefined;
    return state === 'told' || state === 'failed';
  });
}

/** Whether an agent has still something of a set to install, or to restart for. */
function isOpen(agent: Agent, set: Iterable<UpdateId>, at: Minute): boolean {
  const ids = [...set];
  const needs = needsOf(agent, at);
  return ids.some((id) => agent.pending.has(id) || needs.includes(id));
}

/** What a gate that passed should have waited for, by what is really installed. */
function whyNoGate({ agents }: Seen, one: ModelCampaign, wave: number, at: Minute): string[] {
  const { plan, updates } = one.campaign;
  const gate = plan.waves[wave]?.gate;
  if (!gate) return ['no such wave'];
  const placed = [...one.members.values()]
    .filter((member) => member.wave === wave)
    .flatMap(({ name }) => agents.get(name) ?? []);
  const since = placed.flatMap((agent) => {
    const times = [...updates.keys()].flatMap((id) => agent.installed.get(id) ?? []);
    return times.length > 0 && !isOpen(agent, updates.keys(), at) ? Math.max(...times) : [];
  });
  const needing = since.length + placed.filter((agent) => isOpen(agent, updates.keys(), at)).length;
  if (needing === 0) return [];
  const wanted = Math.max(Math.min(gate.minVerified, needing), Math.ceil((gate.minPercent * needing) / 100));
  const last = since.sort((a, b) => a - b)[wanted - 1];
  if (wanted > 0 && last === undefined) return [`gate ${wave} passed with ${since.length} of ${wanted} installed`];
  if (last !== undefined && at - last < gate.soakHours * HOUR) return [`gate ${wave} passed before its soak was over`];
  const words = one.tests.filter((test) => test.wave === wave && test.result === 'worked');
  if (gate.ownerTest === 'one' && words.length === 0) return [`gate ${wave} passed without an owner's word`];
  if (gate.go && !one.go.has(`wave ${wave}`)) return [`gate ${wave} passed without a go`];
  return [];
}

/** Who goes before a server, without those with whom it stands in a cycle; found by walking, not by components. */
function dependencies(servers: readonly ModelServer[]) {
  const direct = new Map(
    servers.map(({ name, inventory: { needs = [], restartAfter = [] } }) => [
      name,
      new Set([...needs, ...restartAfter]),
    ]),
  );
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const way = [...(direct.get(from) ?? [])];
    for (const name of way) {
      if (name === to) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      way.push(...(direct.get(name) ?? []));
    }
    return false;
  };
  const first = new Map(
    servers.map(({ name }) => [name, [...(direct.get(name) ?? [])].filter((other) => !reaches(other, name))]),
  );
  const beside = new Map(
    servers.map(({ name }) => [
      name,
      servers
        .map((other) => other.name)
        .filter((other) => other !== name && (direct.get(name)?.has(other) || direct.get(other)?.has(name))),
    ]),
  );
  return { first: (name: string) => first.get(name) ?? [], beside: (name: string) => beside.get(name) ?? [] };
}
