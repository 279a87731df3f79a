import type { UpdateId } from '#domain/catalogue/revision.ts';
import { ownSchedule } from '#domain/rollout/testing/model-calendar.ts';
import { END } from '#domain/rollout/testing/model-fleet.ts';
import type { Offer, Said, ServerRecord } from '#domain/rollout/testing/model-service.ts';
import { DAY, HOUR, type Minute, type Period, periodAt } from '#domain/rollout/testing/model-time.ts';
import { EXPIRED_BY, publishedAt, REPLACED, UPDATES } from '#domain/rollout/testing/model-updates.ts';
import type { World } from '#domain/rollout/testing/model-year.ts';

/** The truth about one server: what its agent has, holds and does. Mutable. */
export interface Agent {
  readonly record: ServerRecord;
  /** Update → when the restart that completed it had come. */
  readonly installed: Map<UpdateId, Minute>;
  /** Installed up to the restart. */
  readonly pending: Set<UpdateId>;
  /** Last tries that failed. */
  readonly failed: Set<UpdateId>;
  /** What its last scan brought: kept until the next scan, whoever can be reached. */
  offers: ReadonlyMap<UpdateId, Offer>;
  /** Update → when its files are there. */
  readonly downloaded: Map<UpdateId, Minute>;
  /** From the beginning of an installation to the end of its restart. */
  run: { readonly from: Minute; readonly updates: readonly UpdateId[] } | undefined;
  /** What no report has carried yet. */
  readonly unsaid: Said['events'][number][];
  /** Number of its latest planned scan; those planned before it are forgotten. */
  scanNumber: number;
  /** The next time of its own schedule at which anything is to be installed. */
  scheduleAt: Minute;
  /** Whether anything is left to do, so that it need be looked at. */
  awake: boolean;
}

export type AgentEvent =
  | { readonly kind: 'scan'; readonly agent: Agent; readonly number?: number }
  | { readonly kind: 'install'; readonly agent: Agent; readonly trigger: 'schedule' | 'deadline' }
  | { readonly kind: 'installed'; readonly agent: Agent }
  | { readonly kind: 'booted'; readonly agent: Agent }
  | { readonly kind: 'report'; readonly agent: Agent; readonly said: Said };

export function createAgent(record: ServerRecord): Agent {
  return {
    record,
    installed: new Map(),
    pending: new Set(),
    failed: new Set(),
    offers: new Map(),
    downloaded: new Map(),
    run: undefined,
    unsaid: [],
    scanNumber: 0,
    scheduleAt: 0,
    awake: false,
  };
}

/** Updates that the agent finds applicable and not installed. */
export function needsOf({ installed, pending }: Agent, at: Minute): readonly UpdateId[] {
  const there = [...installed.keys(), ...pending];
  const replaced = new Set(there.flatMap((id) => REPLACED.get(id) ?? []));
  return UPDATES.slice(0, publishedAt(at))
    .map(({ updateId }) => updateId)
    .filter(
      (id) => (EXPIRED_BY.get(id) ?? END + 1) > at && !installed.has(id) && !pending.has(id) && !replaced.has(id),
    );
}

/** An update came out: its next scan, at some time of the detection interval, finds it. */
export function wake(world: World, agent: Agent, at: Minute): void {
  if (agent.awake) return;
  agent.awake = true;
  const away = periodAt(agent.record.server.off, at) ?? periodAt(agent.record.server.networkLost, at);
  if (!away) agent.record.visits = { ...agent.record.visits, lastSync: at - world.random.between(0, 10) * HOUR };
  planScan(world, agent, at + world.random.between(1, 26 * HOUR));
}

export function onAgentEvent(world: World, event: AgentEvent, at: Minute): void {
  const { agent } = event;
  switch (event.kind) {
    case 'scan':
      if (event.number === undefined || event.number === agent.scanNumber) scan(world, agent, at);
      return;
    case 'install':
      install(world, agent, at, event.trigger);
      return;
    case 'installed':
      installed(world, agent, at);
      return;
    case 'booted':
      booted(world, agent, at);
      return;
    case 'report':
      report(world, agent, event.said, at);
  }
}

function planScan(world: World, agent: Agent, at: Minute): void {
  agent.scanNumber += 1;
  world.queue.add(at, { kind: 'scan', agent, number: agent.scanNumber });
}

/** Off, or out of reach: until when. */
function awayUntil({ record: { server } }: Agent, at: Minute): Minute | undefined {
  return (periodAt(server.off, at) ?? periodAt(server.networkLost, at))?.to;
}

function scan(world: World, agent: Agent, at: Minute): void {
  const { random, service } = world;
  const away = awayUntil(agent, at);
  if (away !== undefined || agent.run) {
    planScan(world, agent, away === undefined ? at + random.between(10, 60) : away + random.between(5, 60));
    return;
  }
  const needs = needsOf(agent, at);
  agent.offers = service.scan(agent.record, needs, at);
  world.laws.offers(agent, at);
  for (const id of [...agent.downloaded.keys()]) if (!agent.offers.has(id)) agent.downloaded.delete(id);
  for (const id of agent.offers.keys()) {
    const known = agent.downloaded.get(id);
    if (known === undefined) agent.downloaded.set(id, downloadEnd(agent, at + random.between(1, 30)));
  }
  planInstall(world, agent, at);
  const said: Said = {
    scannedAt: at,
    needed: new Set(needs),
    installed: new Set(agent.installed.keys()),
    pending: new Set(agent.pending),
    failed: new Set([...agent.failed].filter((id) => needs.includes(id))),
    events: agent.unsaid.splice(0),
  };
  world.queue.add(at + random.between(1, 10), { kind: 'report', agent, said });
  if (needs.length === 0 && agent.pending.size === 0) agent.awake = false;
  else planScan(world, agent, at + random.between(17.6 * HOUR, 26 * HOUR));
}

/** A download goes on when the network is back. */
function downloadEnd({ record: { server } }: Agent, at: Minute): Minute {
  const lost: Period | undefined = periodAt(server.networkLost, at) ?? periodAt(server.off, at);
  return lost ? lost.to + 5 : at;
}

function planInstall(world: World, agent: Agent, at: Minute): void {
  let isOnSchedule = false;
  for (const [id, offer] of agent.offers) {
    if (offer.deadline === undefined) isOnSchedule = true;
    else {
      const ready = Math.max(at + 1, offer.deadline, agent.downloaded.get(id) ?? at);
      world.queue.add(ready, { kind: 'install', agent, trigger: 'deadline' });
    }
  }
  if (isOnSchedule) planSchedule(world, agent, at);
}

function planSchedule(world: World, agent: Agent, at: Minute): void {
  const next = ownSchedule(agent.record.server, at);
  if (next === agent.scheduleAt) return;
  agent.scheduleAt = next;
  world.queue.add(next, { kind: 'install', agent, trigger: 'schedule' });
}

/** Begins to install what is offered and downloaded: at the agent's own schedule all of it, else what has a deadline that passed. */
function install(world: World, agent: Agent, at: Minute, trigger: 'schedule' | 'deadline'): void {
  const { server } = agent.record;
  if (agent.run || (trigger === 'schedule' && at !== agent.scheduleAt)) return;
  const off = periodAt(server.off, at);
  if (off) {
    // A schedule that was missed waits for its next time, a deadline does not.
    if (trigger === 'deadline') world.queue.add(off.to + 5, { kind: 'install', agent, trigger });
    else planSchedule(world, agent, at);
    return;
  }
  const updates = [...agent.offers]
    .filter(
      ([id, { deadline }]) =>
        (agent.downloaded.get(id) ?? at + 1) <= at && (trigger === 'schedule' || deadline !== undefined),
    )
    .map(([id]) => id);
  // What stays offered is tried again at the next time of the schedule: an agent that reaches nobody goes by what it knows.
  if (trigger === 'schedule' && agent.offers.size > 0) planSchedule(world, agent, at);
  if (updates.length === 0) return;
  agent.run = { from: at, updates };
  world.laws.installs(agent, updates, at);
  const minutes = updates.reduce((sum) => sum + world.random.between(2, 12) * (server.slow ? 10 : 1), 0);
  world.queue.add(at + minutes, { kind: 'installed', agent });
}

function installed(world: World, agent: Agent, at: Minute): void {
  const { random } = world;
  let restarts = false;
  for (const update of agent.run?.updates ?? []) {
    const isFailing = random.between(1, 100) <= agent.record.server.failing;
    agent.unsaid.push({ kind: isFailing ? 'failed' : 'restart-asked', update, at });
    if (isFailing) {
      agent.failed.add(update);
      // It is not tried at once again: the next scan, or the next time of the schedule, is.
      continue;
    }
    agent.failed.delete(update);
    agent.pending.add(update);
    restarts = true;
  }
  agent.offers = new Map([...agent.offers].filter(([id]) => !agent.pending.has(id)));
  if (restarts) {
    const minutes = 15 + (agent.record.server.slow ? random.between(20, 60) : random.between(3, 8));
    world.queue.add(at + minutes, { kind: 'booted', agent });
    return;
  }
  agent.run = undefined;
  sendEvents(world, agent, at);
  if (agent.record.server.task || random.between(0, 1) === 1) planScan(world, agent, at + random.between(5, 90));
}

function booted(world: World, agent: Agent, at: Minute): void {
  for (const id of agent.pending) agent.installed.set(id, at);
  agent.pending.clear();
  agent.run = undefined;
  agent.unsaid.push({ kind: 'booted', at });
  sendEvents(world, agent, at);
  const soon = agent.record.server.task ? world.random.between(1, 5) : world.random.between(10, 150);
  const isSoon = agent.record.server.task || world.random.between(0, 3) > 0;
  planScan(world, agent, at + (isSoon ? soon : world.random.between(HOUR, DAY)));
}

/** Events without the scan that follows. */
function sendEvents(world: World, agent: Agent, at: Minute): void {
  const events = agent.unsaid.splice(0);
  world.queue.add(at + world.random.between(1, 10), { kind: 'report', agent, said: { events } });
}

/** A report that cannot be sent goes when the network is back. */
function report(world: World, agent: Agent, said: Said, at: Minute): void {
  const away = awayUntil(agent, at);
  if (away !== undefined) {
    world.queue.add(away + world.random.between(1, 10), { kind: 'report', agent, said });
    return;
  }
  if (world.service.report(agent.record, said)) world.planSweep(at + 1);
}
