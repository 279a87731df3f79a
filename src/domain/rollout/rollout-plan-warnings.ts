import type { Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';

/** What a valid plan does that its author may not have meant, in one sentence each. */
export function rolloutWarnings({ waves, placement, weekGate }: RolloutPlan): readonly string[] {
  const warnings: string[] = [];
  const last = placement.findIndex(isCatchAll);
  const reached = last < 0 ? placement : placement.slice(0, last + 1);
  if (last < 0) warnings.push('No rule takes every server: one that no rule places is offered nothing of these kinds.');
  const dead = placement.length - reached.length;
  if (dead > 0) {
    const rules = dead === 1 ? 'The rule after it is' : `The ${dead} rules after it are`;
    warnings.push(`Rule ${last + 1} of the placement takes every server. ${rules} never reached.`);
  }
  for (const { name } of waves) {
    if (!reached.some(({ wave }) => wave === name)) warnings.push(`No rule places a server in the wave "${name}".`);
  }
  const gates = [...waves, ...(weekGate ? [{ name: 'weekGate', gate: weekGate }] : [])];
  const mute = gates.filter(({ gate }) => gate.timeoutHours !== undefined && gate.tell.length === 0);
  if (mute.length > 0)
    warnings.push(
      `Nobody is told when a gate fails or its time is out: tell is empty in ${mute.map(({ name }) => name).join(', ')}.`,
    );
  return warnings;
}

function isCatchAll({ when }: Placement): boolean {
  return Object.keys(when).length === 0;
}
