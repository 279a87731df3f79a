import type { Fleet } from '../fleet/fleet.ts';
import type { DemoService } from './demo-service.ts';

/** Something that happens at an instant besides what the servers do. */
export interface Happening {
  readonly at: Temporal.Instant;
  readonly run: () => Promise<void>;
}

/** Lets the servers live up to each happening in turn, and then to the end. Of two at one instant the first given comes first. */
export async function liveThrough(
  runUntil: Fleet['runUntil'],
  service: Pick<DemoService, 'moveClock'>,
  to: Temporal.Instant,
  happenings: readonly Happening[],
): Promise<void> {
  const inOrder = happenings.toSorted((left, right) => Temporal.Instant.compare(left.at, right.at));
  for (const { at, run } of inOrder) {
    if (Temporal.Instant.compare(at, to) > 0) break;
    await runUntil(at);
    await service.moveClock(at);
    await run();
  }
  await runUntil(to);
  await service.moveClock(to);
}
