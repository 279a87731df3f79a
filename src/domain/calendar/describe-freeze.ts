import type { FreezeRule } from '#domain/calendar/plan.ts';

/** A rule in words, e.g. `the last 3 days of each month and the first 2 of the next`. */
export function describeFreeze(rule: FreezeRule): string {
  switch (rule.kind) {
    case 'once':
      return `${rule.start} to ${rule.end}`;
    case 'dates':
      return rule.from === rule.to ? rule.from : `${rule.from} to ${rule.to}`;
    case 'month-end': {
      const { lastDays, firstDays } = rule;
      const last = lastDays > 0 ? `the last ${days(lastDays)} of each month` : '';
      if (firstDays === 0) return last;
      return last ? `${last} and the first ${firstDays} of the next` : `the first ${days(firstDays)} of each month`;
    }
    case 'yearly':
      return `each year ${rule.from === rule.to ? `on ${rule.from}` : `from ${rule.from} to ${rule.to}`}`;
  }
}

function days(count: number): string {
  return count === 1 ? 'day' : `${count} days`;
}
