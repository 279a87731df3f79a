import { duration } from '../parts/time.ts';

interface Week {
  readonly name: string;
  readonly start: string;
  readonly end: string;
}

/** Where an instant lies among the release weeks, in words: `day 3 of the default week`. */
export function standing(weeks: readonly Week[], now: number): string {
  const running = weeks.find(({ start, end }) => Date.parse(start) <= now && now < Date.parse(end));
  if (running) {
    const day = Math.floor((now - Date.parse(running.start)) / 86_400_000) + 1;
    return `day ${day} of the ${running.name} week`;
  }
  const next = weeks.find(({ start }) => now < Date.parse(start));
  if (next) return `the ${next.name} week begins in ${duration(Date.parse(next.start) - now)}`;
  return 'all release weeks are over; follow-up windows go on';
}

/** A share of a span, 0 to 100, of an instant between two others; what lies outside is at the nearer end. */
export function percentOf(instant: string, from: string, to: string): number {
  const begin = Date.parse(from);
  const share = (Date.parse(instant) - begin) / (Date.parse(to) - begin);
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100;
}
