import type { UpdateId } from '#domain/catalogue/revision.ts';
import { groupsOf } from '#domain/fleet/groups.ts';
import type { Neighbours } from '#domain/rollout/sweep.ts';
import { createLaws, type Laws } from '#domain/rollout/testing/laws.ts';
import {
  type Agent,
  type AgentEvent,
  createAgent,
  needsOf,
  onAgentEvent,
  wake,
} from '#domain/rollout/testing/model-agent.ts';
import type { ModelCampaign } from '#domain/rollout/testing/model-campaigns.ts';
import { BEGIN, END, type ModelFleet } from '#domain/rollout/testing/model-fleet.ts';
import { createService, type Service } from '#domain/rollout/testing/model-service.ts';
import { orderOf, sweepModel } from '#domain/rollout/testing/model-sweep.ts';
import { createQueue, type Minute, minuteOf, type Queue } from '#domain/rollout/testing/model-time.ts';
import { UPDATES } from '#domain/rollout/testing/model-updates.ts';
import { createRandom, type Random } from '#simulator/agent/random.ts';

type Thing = AgentEvent | { readonly kind: 'sweep' } | { readonly kind: 'published' };

/** A year of a fleet under way. Mutable. */
export interface World {
  readonly fleet: ModelFleet;
  readonly random: Random;
  readonly queue: Queue<Thing>;
  readonly service: Service;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly campaigns: ModelCampaign[];
  readonly order: ReadonlyMap<string, Neighbours>;
  /** Group → names of its members. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly laws: Laws;
  /** The service looks at its campaigns at this minute, if it does not before. */
  planSweep(at: Minute): void;
  sweep(at: Minute): void;
  /** The settings task of a server starts scans. */
  scanSoon(name: string, times: readonly Minute[]): void;
}

/** What a year came to. */
export interface Year {
  readonly broken: readonly string[];
  readonly world: World;
  /** Server × update that are open at the end. */
  readonly open: readonly { readonly agent: Agent; readonly update: UpdateId }[];
}

/** Plays thirteen cycles of a fleet, event by event. The same fleet gives the same year. */
export function playYear(fleet: ModelFleet): Year {
  const world = createWorld(fleet);
  for (const { published } of UPDATES) world.queue.add(minuteOf(published), { kind: 'published' });
  world.planSweep(BEGIN);
  for (;;) {
    const next = world.queue.take();
    if (!next || next.at > END) break;
    const { at, thing } = next;
    if (thing.kind === 'published') for (const agent of world.agents.values()) wake(world, agent, at);
    else if (thing.kind !== 'sweep') onAgentEvent(world, thing, at);
    else world.sweep(at);
  }
  const open = [...world.agents.values()].flatMap((agent) => needsOf(agent, END).map((update) => ({ agent, update })));
  return { broken: world.laws.broken, world, open };
}

function createWorld(fleet: ModelFleet): World {
  const service = createService(fleet);
  const queue = createQueue<Thing>();
  const agents = new Map(service.records.map((record) => [record.server.name, createAgent(record)]));
  const campaigns: ModelCampaign[] = [];
  const members = new Map<string, string[]>();
  for (const { name, inventory } of fleet.servers) {
    for (const group of groupsOf(inventory, name)) members.set(group, [...(members.get(group) ?? []), name]);
  }
  let sweepAt = END;
  const world: World = {
    fleet,
    random: createRandom(fleet.seed),
    queue,
    service,
    agents,
    campaigns,
    order: orderOf({ fleet }),
    members,
    laws: createLaws({ fleet, agents, campaigns, members }),
    planSweep(at) {
      if (at >= sweepAt) return;
      sweepAt = at;
      queue.add(at, { kind: 'sweep' });
    },
    sweep(at) {
      if (at !== sweepAt) return;
      sweepAt = END;
      world.planSweep(sweepModel(world, at));
    },
    scanSoon(name, times) {
      const agent = agents.get(name);
      if (agent) for (const at of times) queue.add(at, { kind: 'scan', agent });
    },
  };
  return world;
}
