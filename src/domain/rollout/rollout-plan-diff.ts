import { conditionWords } from '#domain/rollout/placement.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';

/** One thing that two plans say differently; absent: one of them does not have it. */
export interface RolloutChange {
  /** e.g. `waves.pilot.gate.maxFailures`, `placement[2]`. */
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

/** What changes from one plan to another. Waves are compared by their names, rules of the placement by their places. */
export function diffRolloutPlans(from: RolloutPlan, to: RolloutPlan): readonly RolloutChange[] {
  const before = sayings(from);
  const after = sayings(to);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].flatMap((path) => {
    const was = before.get(path);
    const is = after.get(path);
    if (was === is) return [];
    return [{ path, ...(was === undefined ? {} : { from: was }), ...(is === undefined ? {} : { to: is }) }];
  });
}

/** Everything that a plan says, by its place, each as one line. */
function sayings({ waves, placement, weekGate, ...plan }: RolloutPlan): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  flatten('', { ...plan, waves: waves.map(({ name }) => name), weekGate }, said);
  for (const wave of waves) flatten(`waves.${wave.name}`, wave, said);
  for (const [place, { wave, when }] of placement.entries())
    said.set(`placement[${place}]`, `${wave}: ${conditionWords(when)}`);
  return said;
}

function flatten(path: string, value: unknown, into: Map<string, string>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) into.set(path, value.join(', '));
  else if (typeof value !== 'object' || value === null) into.set(path, String(value));
  else for (const [name, one] of Object.entries(value)) flatten(path === '' ? name : `${path}.${name}`, one, into);
}
