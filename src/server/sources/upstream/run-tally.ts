import type { RunCounts, RunPhase } from '#server/store/upstream-runs.ts';

/** How far a pull in this process is; also what nobody needs after a crash. */
export interface PullProgress extends RunCounts {
  readonly phase: RunPhase;
  /** Revisions a second over the present phase. */
  readonly rate: number;
  /** What it waits for, when it does. */
  readonly note?: string;
}

/** The counts of a run while it is under way. */
export interface RunTally {
  enter(phase: RunPhase): void;
  /** So many more revisions are wanted. */
  wants(revisions: number): void;
  add(counts: Partial<RunCounts>): void;
  /** What it waits for; undefined: for nothing special. */
  say(note: string | undefined): void;
  readonly warnings: string[];
  now(): PullProgress;
}

export function runTally(): RunTally {
  const counts = { listed: 0, done: 0, imported: 0, unchanged: 0, refused: 0, requests: 0, bytes: 0 };
  let phase: RunPhase = 'connect';
  let began = performance.now();
  let doneBefore = 0;
  let note: string | undefined;
  const warnings: string[] = [];
  return {
    warnings,
    enter(next) {
      phase = next;
      began = performance.now();
      doneBefore = counts.done;
    },
    wants(revisions) {
      counts.listed += revisions;
    },
    add(more) {
      for (const name of Object.keys(more) as (keyof RunCounts)[]) counts[name] += more[name] ?? 0;
      note = undefined;
    },
    say(text) {
      note = text;
    },
    now() {
      const seconds = (performance.now() - began) / 1000;
      const rate = seconds > 0 ? (counts.done - doneBefore) / seconds : 0;
      return { ...counts, phase, rate, ...(note === undefined ? {} : { note }) };
    },
  };
}
