/** True when `a` comes before `b`. */
export function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return a.epochNanoseconds < b.epochNanoseconds;
}

/** The earliest of some instants, absent ones aside. */
export function earliest(instants: readonly (Temporal.Instant | undefined)[]): Temporal.Instant | undefined {
  return instants.reduce((best, one) => (one && (!best || isBefore(one, best)) ? one : best), undefined);
}
