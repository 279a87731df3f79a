import { isBefore } from '#domain/instants.ts';

/** Work that is looked after again and again: it finds what is due at an instant and does it; asked twice, it does it once. */
export interface Sweep {
  /** For the log. */
  readonly name: string;
  /** Not asked again until so long after, by the service's clock. */
  readonly every: { readonly minutes: number };
  run(at: Temporal.Instant): Promise<unknown>;
}

/** Sweeps in the background. */
export interface Sweeper {
  /** Resolves when everything that is due at the instant of the call was looked after, whether it went well or not. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface SweeperOptions {
  readonly sweeps: readonly Sweep[];
  readonly now: () => Temporal.Instant;
  readonly log: { warn(details: object, message: string): void };
}

const LOOK_EVERY_MS = 60_000;

/** Begins now and looks each minute of wall time; a simulated clock settles by itself when it is moved. */
export function keepSweeping({ sweeps, now, log }: SweeperOptions): Sweeper {
  const last = new Map<Sweep, Temporal.Instant>();
  let running = Promise.resolve();
  let closed = false;

  async function look(): Promise<void> {
    const at = now();
    for (const sweep of sweeps) {
      const before = last.get(sweep);
      if (closed || (before && isBefore(at, before.add(sweep.every)))) continue;
      last.set(sweep, at);
      await sweep
        .run(at)
        .catch((error: Error) => log.warn({ sweep: sweep.name, reason: error.message }, 'a sweep was not finished'));
    }
  }
  function settle(): Promise<void> {
    running = running.then(look);
    return running;
  }
  void settle();
  const timer = setInterval(() => void settle(), LOOK_EVERY_MS);
  return {
    settle,
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
