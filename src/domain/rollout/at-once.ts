import type { AtOnce } from '#domain/rollout/rollout-plan.ts';

/** Largest wave of a step, and its share in percent; a wave smaller than the first step goes one by one. */
const STEPS = [
  { from: 1_001, percent: 10 },
  { from: 101, percent: 8 },
  { from: 25, percent: 5 },
] as const;

/**
 * How many servers of a wave of this size may be told to start and not yet verified: at least one. `Infinity`: no limit. A share is
 * rounded down.
 */
export function seatsOf(atOnce: AtOnce, servers: number): number {
  switch (atOnce.kind) {
    case 'all':
      return Number.POSITIVE_INFINITY;
    case 'servers':
      return Math.max(1, atOnce.servers);
    case 'percent':
      return share(servers, atOnce.percent);
    case 'by-size':
      return share(servers, STEPS.find(({ from }) => servers >= from)?.percent ?? 0);
  }
}

function share(servers: number, percent: number): number {
  return Math.max(1, Math.floor((servers * percent) / 100));
}
