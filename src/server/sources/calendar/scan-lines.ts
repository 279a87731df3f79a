/** Something wrong in a calendar file; lines count from 1. */
export interface CalendarProblem {
  readonly line: number;
  readonly message: string;
}

/** A property as it stands in the file, unfolded. */
export interface ContentLine {
  readonly line: number;
  /** In upper case, e.g. `DTSTART`. */
  readonly name: string;
  readonly text: string;
}

/** A component of the calendar, without those inside it that nobody asks for (alarms). */
export interface ScannedComponent {
  readonly line: number;
  readonly lines: readonly ContentLine[];
}

export interface ScannedCalendar {
  readonly events: readonly ScannedComponent[];
  /** Time zones, with their observances. */
  readonly zones: readonly ScannedComponent[];
  readonly problems: readonly CalendarProblem[];
}

const LONGEST_LINE = 64 * 1024;
const DEEPEST = 6;
const MOST_EVENTS = 5_000;
const MOST_ZONES = 200;
export const MOST_PROBLEMS = 100;

interface Open {
  readonly name: string;
  readonly line: number;
  readonly lines: ContentLine[];
}

/**
 * Takes a file of iCalendar (RFC 5545) apart into its events and time zones. Every line that is none is a problem, at most 100 of them;
 * too many events, too deep a nesting or too long a line end the reading.
 */
export function scanLines(text: string): ScannedCalendar {
  const problems: CalendarProblem[] = [];
  const found = { VEVENT: [] as ScannedComponent[], VTIMEZONE: [] as ScannedComponent[] };
  const open: Open[] = [];
  let calendars = 0;
  for (const content of contentLines(text)) {
    if (problems.length >= MOST_PROBLEMS) break;
    const problem = (message: string): number => problems.push({ line: content.line, message });
    if (content.text.length > LONGEST_LINE) {
      problem(`is longer than ${LONGEST_LINE} characters`);
      break;
    }
    if (content.name === '') {
      problem(`is not a line of iCalendar: ${JSON.stringify(content.text.slice(0, 40))}`);
      continue;
    }
    const value = content.text
      .slice(content.text.indexOf(':') + 1)
      .trim()
      .toUpperCase();
    if (content.name === 'BEGIN') {
      if (open.length === 0 && value !== 'VCALENDAR') problem(`begins ${value.slice(0, 40)} outside of a VCALENDAR`);
      if (value === 'VCALENDAR') calendars += 1;
      open.push({ name: value, line: content.line, lines: [] });
      if (open.length > DEEPEST) {
        problem(`is nested deeper than ${DEEPEST}`);
        break;
      }
    } else if (content.name === 'END') {
      const last = open.pop();
      if (last?.name !== value) {
        problem(
          `ends ${value.slice(0, 40)}, but ${last ? `${last.name.slice(0, 40)} of line ${last.line} is open` : 'nothing is open'}`,
        );
        break;
      }
      if (value === 'VEVENT' || value === 'VTIMEZONE') found[value].push({ line: last.line, lines: last.lines });
    }
    keep(open, content);
    if (found.VEVENT.length > MOST_EVENTS) {
      problem(`there are more than ${MOST_EVENTS} events`);
      break;
    }
    if (found.VTIMEZONE.length > MOST_ZONES) {
      problem(`there are more than ${MOST_ZONES} time zones`);
      break;
    }
  }
  const left = open.at(-1);
  if (left && problems.length === 0)
    problems.push({ line: left.line, message: `begins ${left.name.slice(0, 40)}, which never ends` });
  if (calendars === 0 && problems.length === 0) problems.push({ line: 1, message: 'is not a calendar: no VCALENDAR' });
  return { events: found.VEVENT, zones: found.VTIMEZONE, problems };
}

/** A line belongs to the innermost component; those of a time zone's observances to the zone. */
function keep(open: readonly Open[], content: ContentLine): void {
  const zone = open.find(({ name }) => name === 'VTIMEZONE');
  (zone ?? open.at(-1))?.lines.push(content);
}

/** The unfolded lines of a file; what is no line has no name. */
function* contentLines(text: string): Generator<ContentLine> {
  let first = 0;
  let parts: string[] = [];
  let line = 0;
  for (const raw of rawLines(text)) {
    line += 1;
    if (raw.startsWith(' ') || raw.startsWith('\t')) {
      parts.push(raw.slice(1));
      continue;
    }
    if (parts.length > 0) yield contentLine(first, parts.join(''));
    [first, parts] = [line, raw === '' ? [] : [raw]];
  }
  if (parts.length > 0) yield contentLine(first, parts.join(''));
}

function* rawLines(text: string): Generator<string> {
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, text[to - 1] === '\r' && to > from ? to - 1 : to);
    from = to + 1;
  }
}

const NAME = /^([A-Za-z0-9-]{1,100})[;:]/;

function contentLine(line: number, text: string): ContentLine {
  const name = text.includes(':') ? (NAME.exec(text)?.[1] ?? '') : '';
  return { line, name: name.toUpperCase(), text };
}
