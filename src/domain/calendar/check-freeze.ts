import type { FreezeRule } from '#domain/calendar/plan.ts';

const LONGEST_DAYS = 400;
/** A day of a year of five digits is none that texts compare and databases read. */
const LATEST_YEAR = 9998;
const LONGEST_OF_MONTH = 20;
const LONGEST_OF_YEAR = 200;

/** What is wrong with a rule, field by field; empty when it can be kept. A freeze never takes away all windows of a year. */
export function freezeProblems(rule: FreezeRule): readonly { readonly path: string; readonly message: string }[] {
  switch (rule.kind) {
    case 'once':
      return spanProblems(
        'end',
        Temporal.Instant.compare(rule.start, rule.end) < 0,
        rule.start.until(rule.end).total('days'),
        rule.end.toZonedDateTimeISO('UTC').year,
      );
    case 'dates': {
      const [from, to] = [Temporal.PlainDate.from(rule.from), Temporal.PlainDate.from(rule.to)];
      return spanProblems('to', Temporal.PlainDate.compare(from, to) <= 0, from.until(to).days + 1, to.year);
    }
    case 'month-end': {
      const count = rule.lastDays + rule.firstDays;
      if (count >= 1 && count <= LONGEST_OF_MONTH) return [];
      return [{ path: 'lastDays', message: `must be 1 to ${LONGEST_OF_MONTH} days, together with firstDays` }];
    }
    case 'yearly': {
      const [from, to] = [rule.from, rule.to].map((day) => Temporal.PlainDate.from(`2024-${day}`));
      const count = from && to ? ((from.until(to).days + 366) % 366) + 1 : 0;
      if (count <= LONGEST_OF_YEAR) return [];
      return [{ path: 'to', message: `must be at most ${LONGEST_OF_YEAR} days after from` }];
    }
  }
}

function spanProblems(path: string, isForward: boolean, length: number, lastYear: number) {
  if (!isForward) return [{ path, message: 'must be after its beginning' }];
  if (lastYear > LATEST_YEAR) return [{ path, message: `must not be after the year ${LATEST_YEAR}` }];
  if (length <= LONGEST_DAYS) return [];
  return [{ path, message: `must be at most ${LONGEST_DAYS} days after its beginning: change plan or mode instead` }];
}
