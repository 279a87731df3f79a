import { freezeProblems } from '#domain/calendar/check-freeze.ts';
import { freezeEnd } from '#domain/calendar/freeze-rules.ts';
import type { FreezeRule } from '#domain/calendar/plan.ts';
import { isBefore } from '#domain/instants.ts';
import { type Horizon, type Occurrence, occurrencesOf } from './occurrences.ts';
import { type CalendarEvent, type EventZones, keyOf, readEvent } from './read-event.ts';
import { clockOf, zonesOf } from './read-zones.ts';
import { type CalendarProblem, MOST_PROBLEMS, scanLines } from './scan-lines.ts';

/** One occurrence of an event of a business calendar, as a freeze. */
export interface ImportedFreeze {
  /** Unique in the calendar, and the same at the next import. */
  readonly uid: string;
  readonly name: string;
  readonly rule: FreezeRule;
}

/** What a calendar comes to, or everything that is wrong with it; of many problems the first hundred. */
export type CalendarReading =
  | {
      readonly ok: true;
      readonly freezes: readonly ImportedFreeze[];
      /** Events that are over, were cancelled, take no time or do not match. */
      readonly skipped: number;
      readonly notes: readonly CalendarProblem[];
    }
  | { readonly ok: false; readonly problems: readonly CalendarProblem[] };

export interface CalendarQuestion {
  readonly ics: string;
  /** Only events of this category, or with it in their summary. */
  readonly match?: string;
  /** For times without a zone. */
  readonly zone: string;
  /** What is over by then is left out; series are worked out for three years from then. */
  readonly at: Temporal.Instant;
}

const YEARS = 3;
const MOST_OCCURRENCES = 1_000;
/** Daily for fifty years, all series together. */
const MOST_STEPS = 20_000;

/**
 * Reads a business calendar (RFC 5545) into freezes: whole days as days of each server's zone, times as instants. It may take long over
 * hostile text: see `readInWorker`.
 */
export function readCalendar({ ics, match, zone, at }: CalendarQuestion): CalendarReading {
  const scanned = scanLines(ics);
  const zones: EventZones = { named: zonesOf(scanned.zones), floating: clockOf(zone), floatingName: zone };
  const problems = [...scanned.problems];
  const notes: CalendarProblem[] = [];
  const freezes = new Map<string, ImportedFreeze>();
  const until = at.toZonedDateTimeISO(zone).add({ years: YEARS }).toInstant();
  const horizon: Horizon = { from: at, until, steps: MOST_STEPS };
  let skipped = 0;
  // Changed occurrences of a series come after it, wherever they stand in the file.
  const events = scanned.events.map((component) => readEvent(component, zones)).sort(bySeries);
  const firstLines = new Map<string, number>();
  for (const event of events) {
    if (problems.length >= MOST_PROBLEMS) break;
    if ('message' in event) {
      problems.push(event);
      continue;
    }
    const outcome = twice(event, firstLines) ?? freezesOf(event, match, horizon);
    if ('message' in outcome) problems.push(outcome);
    else {
      if (outcome.freezes.length === 0) skipped += 1;
      for (const uid of outcome.instead) freezes.delete(uid);
      for (const freeze of outcome.freezes) freezes.set(freeze.uid, freeze);
      notes.push(...outcome.notes);
    }
    if (freezes.size > MOST_OCCURRENCES) {
      problems.push({
        line: event.line,
        message: `there are more than ${MOST_OCCURRENCES} occurrences in ${YEARS} years up to here`,
      });
      break;
    }
  }
  return problems.length > 0
    ? { ok: false, problems: problems.sort((a, b) => a.line - b.line).slice(0, MOST_PROBLEMS) }
    : { ok: true, freezes: [...freezes.values()], skipped, notes: notes.slice(0, MOST_PROBLEMS) };
}

type Read = ReturnType<typeof readEvent>;

function bySeries(a: Read, b: Read): number {
  const isChange = (one: Read): number => ('replaces' in one ? 1 : 0);
  return isChange(a) - isChange(b) || a.line - b.line;
}

/** Two events of one UID would be one freeze: the other one's days would be left without. */
function twice(event: CalendarEvent, firstLines: Map<string, number>): CalendarProblem | undefined {
  const { line, uid, replaces, cancelled } = event;
  if (cancelled) return undefined;
  const key = replaces ? `${uid} ${keyOf(replaces)}` : uid;
  const first = firstLines.get(key);
  if (first !== undefined) return { line, message: `the event has the same UID as the one of line ${first}` };
  firstLines.set(key, line);
  return undefined;
}

interface Taken {
  readonly freezes: readonly ImportedFreeze[];
  /** Occurrences of a series whose place it takes. */
  readonly instead: readonly string[];
  readonly notes: readonly CalendarProblem[];
}

function freezesOf(event: CalendarEvent, match: string | undefined, horizon: Horizon): Taken | CalendarProblem {
  const occurrences = occurrencesOf(event, horizon);
  if ('message' in occurrences) return occurrences;
  const instead = event.replaces ? occurrences.map(({ uid }) => uid) : [];
  const nothing: Taken = { freezes: [], instead, notes: [] };
  if (event.cancelled || (match !== undefined && !matches(event, match))) return nothing;
  const { line, summary, length, rules } = event;
  if (length === 0)
    return { ...nothing, notes: [{ line, message: `"${summary}" has no end and takes no time: left out` }] };
  const freezes: ImportedFreeze[] = [];
  for (const occurrence of occurrences) {
    const rule = ruleOf(occurrence, length);
    const [problem] = freezeProblems(rule);
    if (problem) return { line, message: `"${summary}": ${problem.path} ${problem.message}` };
    const end = freezeEnd(rule);
    if (end && isBefore(horizon.from, end)) freezes.push({ uid: occurrence.uid, name: summary, rule });
  }
  const endless = rules.find(({ rule }) => rule.isFinite() === false);
  const notes = endless
    ? [
        {
          line: endless.line,
          message: `"${summary}" goes on without end: taken for ${YEARS} years; import it again in time`,
        },
      ]
    : [];
  return { freezes, instead, notes: freezes.length === 0 ? [] : [...event.notes, ...notes] };
}

function matches({ summary, categories }: CalendarEvent, match: string): boolean {
  const wanted = match.toLowerCase();
  return summary.toLowerCase().includes(wanted) || categories.some((category) => category.toLowerCase() === wanted);
}

function ruleOf({ start }: Occurrence, length: number): FreezeRule {
  if (start.kind === 'time') return { kind: 'once', start: start.at, end: start.at.add({ seconds: length }) };
  return { kind: 'dates', from: start.day.toString(), to: start.day.add({ days: length - 1 }).toString() };
}
