import { Worker } from 'node:worker_threads';
import { CodedError } from '#contract/errors.ts';
import { type PlainFreezeRule, readRule } from '#domain/calendar/plain-freeze.ts';
import type { CalendarQuestion, CalendarReading } from './read-calendar.ts';

/** Five megabytes of ordinary events take a second or two. */
const PATIENCE_MS = 10_000;
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/**
 * `readCalendar` in a thread of its own, with an end: what takes longer than ten seconds or more than 256 MB is refused with
 * `calendar.too-large`. The library that works out recurrences can be made to go on for ever.
 */
export function readInWorker(
  { at, ...question }: CalendarQuestion,
  patienceMs = PATIENCE_MS,
): Promise<CalendarReading> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...question, at: at.toString() },
    resourceLimits: MEMORY,
  });
  return new Promise<CalendarReading>((resolve, reject) => {
    const tooLarge = (reason: string): void =>
      reject(new CodedError('calendar.too-large', `The calendar cannot be worked out: ${reason}. Nothing was kept.`));
    const timer = setTimeout(() => tooLarge(`it takes longer than ${patienceMs / 1000} seconds`), patienceMs);
    worker.once('message', (reading: PlainReading) => {
      clearTimeout(timer);
      resolve(readingOf(reading));
    });
    worker.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') tooLarge('it takes too much memory');
      else reject(error);
    });
  }).finally(() => worker.terminate());
}

type Good = Extract<CalendarReading, { readonly ok: true }>;
type PlainReading =
  | Exclude<CalendarReading, Good>
  | (Omit<Good, 'freezes'> & {
      readonly freezes: readonly (Omit<Good['freezes'][number], 'rule'> & {
        readonly rule: PlainFreezeRule;
      })[];
    });

function readingOf(reading: PlainReading): CalendarReading {
  if (!reading.ok) return reading;
  return { ...reading, freezes: reading.freezes.map((one) => ({ ...one, rule: readRule(one.rule) })) };
}
