import type { Plan } from '../api/endpoints.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const WEEKS: Readonly<Record<number, string>> = { 1: 'Early', 2: 'Default', 3: 'Delayed', 4: 'Fourth' };
const DAY_MINUTES = 1440;

type Times = Pick<Plan, 'kind' | 'releaseWeek' | 'weekday' | 'hour' | 'windowMinutes'>;

/** A plan in words, in the server's own time: `Default week, Sunday 02:00–06:00`. */
export function planWords(plan: Times): string {
  const { kind, releaseWeek, weekday } = plan;
  return `${WEEKS[releaseWeek]} week, ${kind === 'nightly' ? 'every night' : WEEKDAYS[weekday - 1]} ${hours(plan)}`;
}

/** The same for a narrow column: `Default, Sun 02:00–06:00`. */
export function planInShort(plan: Times): string {
  const { kind, releaseWeek, weekday } = plan;
  return `${WEEKS[releaseWeek]}, ${kind === 'nightly' ? 'nightly' : WEEKDAYS[weekday - 1]?.slice(0, 3)} ${hours(plan)}`;
}

function hours({ hour, windowMinutes }: Times): string {
  return `${clock(hour * 60)}–${clock(hour * 60 + windowMinutes)}`;
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor((minutes % DAY_MINUTES) / 60))}:${two(minutes % 60)}`;
}
