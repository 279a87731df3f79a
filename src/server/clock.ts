/** Where the service's time comes from. The simulated one stands still until an administrator moves it. */
export interface Clock {
  readonly kind: 'real' | 'simulated';
  now(): Temporal.Instant;
}

export interface SimulatedClock extends Clock {
  readonly kind: 'simulated';
  /** Moves the clock forward; the caller has made sure that `to` is not in its past. */
  moveTo(to: Temporal.Instant): void;
}

/** The machine's clock, in the milliseconds that the database keeps. */
export function realClock(): Clock {
  return { kind: 'real', now: () => Temporal.Now.instant().round('millisecond') };
}

/** A clock that stands at `start`. */
export function simulatedClock(start: Temporal.Instant): SimulatedClock {
  let at = start;
  return {
    kind: 'simulated',
    now: () => at,
    moveTo(to) {
      at = to;
    },
  };
}
