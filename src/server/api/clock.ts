import type * as contract from '#contract/endpoints/service.ts';
import { CodedError } from '#contract/errors.ts';
import { change } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';

export const showClock: Handler<typeof contract.showClock> = async ({ clock }) => ({
  clock: clock.kind,
  at: clock.now().toString(),
});

export const moveClock: Handler<typeof contract.moveClock> = async (deps, { body }, { name: who, at: from }) => {
  if (!deps.moveClock) throw new CodedError('clock.real', 'The service runs on the real clock.');
  const to = 'to' in body ? Temporal.Instant.from(body.to) : advanced(from, body.advance);
  if (Temporal.Instant.compare(to, from) < 0) throw new CodedError('clock.backwards', `${to} is before ${from}.`);
  if (Temporal.Instant.compare(to, LATEST) > 0) throw new CodedError('usage.wrong', `${to} is after ${LATEST}.`);
  await deps.moveClock(to);
  const at = deps.clock.now();
  await change(deps, async () => {
    const facts = { from: from.toString(), to: at.toString() };
    return { outcome: undefined, noted: [{ at, who, what: 'clock.moved', subject: {}, facts }] };
  });
  return { clock: 'simulated', at: at.toString() };
};

/** Later instants have another form of text, which neither the contract nor the database knows. */
const LATEST = Temporal.Instant.from('9999-12-31T00:00:00Z');

/** Days and longer are counted in UTC. */
function advanced(from: Temporal.Instant, duration: string): Temporal.Instant {
  try {
    return from.toZonedDateTimeISO('UTC').add(Temporal.Duration.from(duration)).toInstant();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CodedError('usage.wrong', `"${duration}" is not a duration such as PT1H or P1D.`);
  }
}
