import { importInventory } from '#contract/endpoints/inventory.ts';
import { putRolloutPlan } from '#contract/endpoints/rollout.ts';
import type { Gate, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';
import { createRandom } from '../agent/random.ts';
import type { DemoService } from '../demo/demo-service.ts';
import type { YearServer } from './year-fleet.ts';

/** Waves and redundancy groups of a random fleet, by DNS name. */
export interface YearOrder {
  readonly pilots: ReadonlySet<string>;
  /** Of those that are in one; at most one member may be down at a time. */
  readonly groups: ReadonlyMap<string, string>;
}

/** How many pilots must have an update, and have it verified, before anybody else begins it; fewer where fewer need it. */
export const PILOTS_VERIFIED = 2;

/** One server in four is a pilot; of the others three in four are in groups of two or three. Clones are in no group, and no pilots. */
export function randomOrder(servers: readonly YearServer[], seed: string): YearOrder {
  const random = createRandom(`${seed} order`);
  const pilots = new Set<string>();
  const groups = new Map<string, string>();
  let group = { name: 'group-0', places: 2 };
  for (const { dnsName, clone } of servers) {
    if (clone) continue;
    if (random.fraction() < 0.25 || pilots.size === 0) pilots.add(dnsName);
    else if (random.fraction() < 0.75) {
      if (group.places === 0) group = { name: `group-${groups.size}`, places: random.between(2, 3) };
      group.places--;
      groups.set(dnsName, group.name);
    }
  }
  return { pilots, groups };
}

const GATE: Gate = {
  minVerified: PILOTS_VERIFIED,
  minPercent: 0,
  maxFailures: 10_000, // random servers fail often; what is asked here is order
  soakHours: 12,
  noIncident: true,
  ownerTest: 'none',
  go: false,
  tell: [],
};

const PLAN: RolloutPlan = {
  ...ORDER_ONLY,
  name: 'year',
  waves: [
    { name: 'pilot', title: 'Pilot', atOnce: { kind: 'all' }, gate: GATE },
    { name: 'rest', title: 'The others', atOnce: { kind: 'percent', percent: 50 }, gate: GATE },
  ],
  placement: [
    { wave: 'pilot', when: { environment: ['test'] } },
    { wave: 'rest', when: {} },
  ],
};

/** Puts an inventory with these pilots and groups, and a rollout plan of two waves, in force. */
export async function putOrder(
  { api }: DemoService,
  customer: string,
  servers: readonly YearServer[],
  { pilots, groups }: YearOrder,
): Promise<void> {
  const lines = servers
    .filter(({ clone }) => !clone)
    .map(({ dnsName }) => `${dnsName},${pilots.has(dnsName) ? 'test' : 'production'},${groups.get(dnsName) ?? ''}`);
  const text = ['server,environment,redundancy_group', ...lines].join('\n');
  const { applied } = await api.call(importInventory, { query: { customer, apply: 'true' }, body: { text } });
  if (!applied) throw new Error('the inventory of the year was not applied');
  await api.call(putRolloutPlan, {
    params: { customer },
    body: { text: JSON.stringify(PLAN), why: 'a year in order' },
  });
}
