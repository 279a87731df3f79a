import { isBefore } from '#domain/instants.ts';
import type { GateFigures } from '#domain/rollout/campaign.ts';

/** An owner's word on how a set works on the servers of a wave. */
export interface OwnerTest {
  readonly owner: string;
  readonly result: 'worked' | 'did-not' | 'cannot-tell';
  readonly at: Temporal.Instant;
}

/** Counts the owners' words for a gate: of each owner the latest counts; of two at one instant the later in the list. */
export function countOwnerTests(
  tests: Iterable<OwnerTest>,
  owners: ReadonlySet<string>,
): Pick<GateFigures, 'worked' | 'didNot' | 'cannotTell' | 'owners' | 'ownersWorked'> {
  const latest = new Map<string, OwnerTest>();
  for (const test of tests) {
    const known = latest.get(test.owner);
    if (!known || !isBefore(test.at, known.at)) latest.set(test.owner, test);
  }
  const words = [...latest.values()];
  const count = (result: OwnerTest['result']) => words.filter((word) => word.result === result).length;
  return {
    worked: count('worked'),
    didNot: count('did-not'),
    cannotTell: count('cannot-tell'),
    owners: owners.size,
    ownersWorked: words.filter(({ owner, result }) => result === 'worked' && owners.has(owner)).length,
  };
}
