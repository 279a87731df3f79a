import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import type { Settings } from '#contract/settings.ts';
import { realClock, type SimulatedClock, simulatedClock } from '#server/clock.ts';
import { ensureService, findSimulatedInstant, setSimulatedInstant } from '#server/store/service.ts';

/** A data directory belongs to one kind of clock for ever; a simulated one goes on where it stood. */
export async function startClock(pool: pg.Pool, settings: Settings) {
  const kind = settings.clock ? ('simulated' as const) : ('real' as const);
  const first = settings.clock ?? realClock().now();
  const service = await ensureService(pool, { serverGuid: randomUUID(), clock: kind, at: first });
  if (kind === 'real') return { service, clock: realClock() };
  const stood = (await findSimulatedInstant(pool)) ?? first;
  const at = Temporal.Instant.compare(stood, first) > 0 ? stood : first;
  await setSimulatedInstant(pool, at);
  return { service, clock: simulatedClock(at) };
}

/** Moves the clock after it is durable that it moved; time never seems to have gone back after a crash. */
export async function moveClock(pool: pg.Pool, clock: SimulatedClock, to: Temporal.Instant): Promise<void> {
  if (Temporal.Instant.compare(to, clock.now()) < 0)
    throw new CodedError('clock.backwards', `${to} is before ${clock.now()}`);
  await setSimulatedInstant(pool, to);
  clock.moveTo(to);
}
