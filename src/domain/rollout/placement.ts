import { fitsWildcard } from '#domain/approval/wildcard.ts';
import type { Inventory } from '#domain/fleet/inventory.ts';
import type { Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';

/** What the rules of a plan look at. */
export interface PlacedSubject {
  readonly inventory: Inventory;
  /** Target group. */
  readonly group?: string;
  /** DNS name. */
  readonly name: string;
  /** Of its plan. */
  readonly releaseWeek?: number;
}

/** The place, from 0, of the wave into which the first rule that holds puts a server; undefined when none does. */
export function placeServer(plan: RolloutPlan, subject: PlacedSubject): number | undefined {
  const rule = placingRule(plan, subject);
  const wave = plan.waves.findIndex(({ name }) => name === rule?.wave);
  return wave < 0 ? undefined : wave;
}

/** The first rule that holds for a server. */
export function placingRule({ placement }: RolloutPlan, subject: PlacedSubject): Placement | undefined {
  return placement.find(({ when }) => fits(when, subject));
}

const TITLES: { readonly [condition in keyof Placement['when']]-?: string } = {
  roles: 'role',
  applications: 'application',
  environment: 'environment',
  tier: 'tier',
  exposure: 'exposure',
  group: 'target group',
  name: 'name',
  releaseWeek: 'release week',
};

/** The conditions of a rule in words: `tier critical or high, role rds`. */
export function conditionWords(when: Placement['when']): string {
  const words = (Object.keys(TITLES) as (keyof typeof TITLES)[]).flatMap((condition) => {
    const values = when[condition];
    return values === undefined ? [] : [`${TITLES[condition]} ${values.join(' or ')}`];
  });
  return words.length === 0 ? 'every server' : words.join(', ');
}

/** All given conditions; within one any of its values. What is not known of a server fits no condition on it. */
function fits(when: Placement['when'], { inventory, group, name, releaseWeek }: PlacedSubject): boolean {
  const { roles = [], applications = [], environment, tier, exposure } = inventory;
  return (
    anyOf(when.roles, roles) &&
    anyOf(when.applications?.map(folded), applications.map(folded)) &&
    anyOf(when.environment, [environment]) &&
    anyOf(when.tier, [tier]) &&
    anyOf(when.exposure, [exposure]) &&
    anyOf(when.group?.map(folded), [group && folded(group)]) &&
    anyOf(when.releaseWeek, [releaseWeek]) &&
    (when.name === undefined || when.name.some((pattern) => fitsWildcard(pattern, name)))
  );
}

function anyOf<T>(allowed: readonly T[] | undefined, given: readonly (T | undefined)[]): boolean {
  return allowed === undefined || given.some((one) => one !== undefined && allowed.includes(one));
}

function folded(text: string): string {
  return text.toLowerCase();
}
