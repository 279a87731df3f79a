import { parentPort, workerData } from 'node:worker_threads';
import { plainRule } from '#domain/calendar/plain-freeze.ts';
import { readCalendar } from './read-calendar.ts';

const { at, ...question } = workerData;
const reading = readCalendar({ ...question, at: Temporal.Instant.from(at) });
// Instants do not travel between threads.
parentPort?.postMessage(
  reading.ok ? { ...reading, freezes: reading.freezes.map((one) => ({ ...one, rule: plainRule(one.rule) })) } : reading,
);
