/** An entry of a calendar: whole local days, the last one included, or instants [start, end). */
export interface IcsEvent {
  /** Unique, and the same whenever the calendar is read again. */
  readonly uid: string;
  readonly summary: string;
  readonly description?: string;
  readonly when:
    | { readonly kind: 'days'; readonly from: string; readonly to: string }
    | { readonly kind: 'times'; readonly start: Temporal.Instant; readonly end: Temporal.Instant };
  /** Whether the time counts as busy. */
  readonly busy: boolean;
}

/** A calendar as iCalendar text (RFC 5545): lines end with CRLF and are folded at 75 octets, times are in UTC. */
export function writeIcs(name: string, events: readonly IcsEvent[], writtenAt: Temporal.Instant): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Second Tuesday//Patching calendar//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap((event) => eventLines(event, writtenAt)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines({ uid, summary, description, when, busy }: IcsEvent, writtenAt: Temporal.Instant): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${utc(writtenAt)}`,
    ...(when.kind === 'days'
      ? [
          `DTSTART;VALUE=DATE:${day(Temporal.PlainDate.from(when.from))}`,
          `DTEND;VALUE=DATE:${day(Temporal.PlainDate.from(when.to).add({ days: 1 }))}`,
        ]
      : [`DTSTART:${utc(when.start)}`, `DTEND:${utc(when.end)}`]),
    `SUMMARY:${escaped(summary)}`,
    ...(description === undefined ? [] : [`DESCRIPTION:${escaped(description)}`]),
    `TRANSP:${busy ? 'OPAQUE' : 'TRANSPARENT'}`,
    'END:VEVENT',
  ];
}

function utc(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
}

function day(date: Temporal.PlainDate): string {
  return date.toString().replaceAll('-', '');
}

function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, ' ');
}

const LONGEST_OCTETS = 75;

/** Never inside a character; the blank that begins a following line counts. */
function folded(line: string): string {
  const parts = [''];
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > LONGEST_OCTETS) {
      parts.push('');
      octets = 1;
    }
    parts[parts.length - 1] += character;
    octets += size;
  }
  return parts.join('\r\n ');
}

/** How long a character is in UTF-8. */
function octetsOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
