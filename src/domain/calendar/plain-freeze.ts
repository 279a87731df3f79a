import type { FreezeRule } from '#domain/calendar/plan.ts';

/** A rule as rows, records, answers and messages hold it. */
export type PlainFreezeRule =
  | Exclude<FreezeRule, { readonly kind: 'once' }>
  | { readonly kind: 'once'; readonly start: string; readonly end: string };

export function plainRule(rule: FreezeRule): PlainFreezeRule {
  return rule.kind === 'once' ? { kind: rule.kind, start: rule.start.toString(), end: rule.end.toString() } : rule;
}

/** What `plainRule` wrote, or a request that was checked. */
export function readRule(rule: PlainFreezeRule): FreezeRule {
  if (rule.kind !== 'once') return rule;
  return { kind: rule.kind, start: Temporal.Instant.from(rule.start), end: Temporal.Instant.from(rule.end) };
}
