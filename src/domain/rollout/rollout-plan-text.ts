import { stringify } from 'yaml';
import type { AtOnce, Gate, Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';

/** A plan as a file of YAML that reads back as the same plan; its keys stand in the order of the documentation, however it was kept. */
export function writeRolloutPlan({ name, kinds, waves, placement, weekGate, twoPersons }: RolloutPlan): string {
  const file = {
    name,
    kinds,
    waves: waves.map((wave) => ({
      name: wave.name,
      title: wave.title,
      atOnce: atOnceText(wave.atOnce),
      gate: inOrder(wave.gate, GATE_KEYS),
    })),
    placement: placement.map(({ wave, when }) => ({ wave, when: inOrder(when, CONDITIONS) })),
    weekGate: weekGate && inOrder(weekGate, GATE_KEYS),
    twoPersons,
  };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });
}

const GATE_KEYS: readonly (keyof Gate)[] = [
  'minVerified',
  'minPercent',
  'maxFailures',
  'soakHours',
  'noIncident',
  'ownerTest',
  'go',
  'timeoutHours',
  'tell',
  'escalation',
];

const CONDITIONS: readonly (keyof Placement['when'])[] = [
  'roles',
  'applications',
  'environment',
  'tier',
  'exposure',
  'group',
  'name',
  'releaseWeek',
];

/** What of a record is there, in this order. */
function inOrder<T extends object>(record: T, keys: readonly (keyof T & string)[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keys.flatMap((key) => (record[key] === undefined ? [] : [[key, record[key]]])));
}

function atOnceText(atOnce: AtOnce): string | number {
  switch (atOnce.kind) {
    case 'servers':
      return atOnce.servers;
    case 'percent':
      return `${atOnce.percent} %`;
    default:
      return atOnce.kind;
  }
}
