import type { Kind } from '#domain/approval/kinds.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { forKind } from '#domain/decide/kind-plan.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { earlier, isBefore } from '#domain/instants.ts';
import { type NextTurn, nextTurn } from '#domain/rollout/sweep.ts';

/** What of an update decides about the window in which it goes. */
export interface Paced {
  readonly kind: Kind;
  readonly published: Temporal.Instant;
}

/**
 * Finds the window for which a server can be told next so that at least one of some updates goes in it. Servers of one plan and zone share
 * the answer: it is worked out once a sweep.
 */
export function turnFinder(at: Temporal.Instant) {
  const known = new Map<Plan, Map<string, NextTurn>>();

  function turnBy(plan: Plan, zone: string, published: Temporal.Instant, task: boolean): NextTurn {
    const turns = known.get(plan) ?? new Map<string, NextTurn>();
    known.set(plan, turns);
    const key = `${zone} ${task} ${published}`;
    const turn = turns.get(key) ?? nextTurn({ plan, zone, task }, releaseAt(plan, zone, published), at);
    turns.set(key, turn);
    return turn;
  }
  return (server: ServerFacts, updates: readonly Paced[], task: boolean): NextTurn | undefined => {
    const firsts = new Map<Plan, Temporal.Instant>();
    for (const { kind, published } of updates) {
      const { plan } = forKind(server, kind);
      if (!plan) return undefined;
      const first = firsts.get(plan);
      firsts.set(plan, first ? earlier(first, published) : published);
    }
    const turns = [...firsts].map(([plan, published]) => turnBy(plan, server.zone, published, task));
    return turns.reduce<NextTurn | undefined>(
      (best, one) => (best && !isBefore(one.window.start, best.window.start) ? best : one),
      undefined,
    );
  };
}

export type TurnFinder = ReturnType<typeof turnFinder>;
