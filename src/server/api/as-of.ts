import { CodedError } from '#contract/errors.ts';
import { earlier, isBefore } from '#domain/instants.ts';

/** The instant that is asked for: as given, or the end of a day in UTC, but never later than now. The future is refused. */
export function asOfInstant(text: string | undefined, now: Temporal.Instant): Temporal.Instant {
  if (text === undefined) return now;
  const from = instantOf(text);
  if (isBefore(now, from)) throw new CodedError('usage.wrong', `asOf: ${text} is in the future; nobody knows it yet.`);
  return isDay(text) ? earlier(now, from.add({ hours: 24 }).subtract({ microseconds: 1 })) : from;
}

/** An instant as given, or the beginning of a day in UTC. */
export function instantOf(text: string): Temporal.Instant {
  return Temporal.Instant.from(isDay(text) ? `${text}T00:00:00Z` : text);
}

function isDay(text: string): boolean {
  return !text.includes('T');
}
