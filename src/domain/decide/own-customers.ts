import { memoised } from '#domain/catalogue/memo.ts';
import type { Facts } from '#domain/decide/facts.ts';

/** Customers for whom persons gave words of their own: all others are decided about alike. */
export const customersWithWords: (facts: Facts) => ReadonlySet<string> = memoised(
  ({ persons }: Facts) =>
    new Set([...persons.values()].flatMap((words) => words.flatMap(({ customerId }) => customerId ?? []))),
);

/** Customers that differ from the others in words or pauses. */
export const customersApart: (facts: Facts) => ReadonlySet<string> = memoised((facts: Facts) => {
  const paused = facts.pauses.flatMap(({ scope }) => ('customerId' in scope ? scope.customerId : []));
  return customersWithWords(facts).union(new Set(paused));
});
