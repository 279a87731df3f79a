import type { Facts } from '#domain/decide/facts.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import type { Clock } from '#server/clock.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { lastWrite } from '#server/store/now-views.ts';

/** What costs a look at the whole fleet, computed once for all who ask. */
export interface SharedAnswer<T> {
  (deps: ApiDeps, at: Temporal.Instant): Promise<T>;
  /** The next one who asks gets a fresh one: somebody of this process changed what it is made from. */
  forget(deps: ApiDeps): void;
}

interface Kept<T> {
  readonly facts: Facts;
  readonly at: Temporal.Instant;
  /** Only under a simulated clock. */
  readonly write: string | undefined;
  readonly answer: Promise<T>;
}

/** Under the real clock an answer is this old at most. */
const KEPT_MS = 30_000;

/**
 * Shares an answer for as long as the facts are the same and it is young: half a minute under the real clock. A simulated clock stands
 * while servers report, so its age says nothing there; then it is shared at one instant until something is written. Who asks while it is being computed
 * waits for the same one. One that failed is not kept.
 */
export function sharedAnswer<T>(compute: (deps: ApiDeps, at: Temporal.Instant) => Promise<T>): SharedAnswer<T> {
  const all = new WeakMap<FactsKeeper, Kept<T>>();

  async function ask(deps: ApiDeps, at: Temporal.Instant): Promise<T> {
    const { keeper, clock, pool } = deps;
    const write = clock.kind === 'simulated' ? await lastWrite(pool) : undefined;
    const facts = keeper.current();
    const known = all.get(keeper);
    if (known?.facts === facts && known.write === write && isYoung(known.at, at, clock)) return known.answer;
    const fresh = { facts, at, write, answer: compute(deps, at) };
    all.set(keeper, fresh);
    fresh.answer.catch(() => {
      if (all.get(keeper) === fresh) all.delete(keeper);
    });
    return fresh.answer;
  }
  return Object.assign(ask, { forget: ({ keeper }: ApiDeps) => void all.delete(keeper) });
}

function isYoung(computed: Temporal.Instant, at: Temporal.Instant, { kind }: Clock): boolean {
  const age = at.epochMilliseconds - computed.epochMilliseconds;
  return kind === 'simulated' ? age === 0 : age >= 0 && age < KEPT_MS;
}
