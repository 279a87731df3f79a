/** A month's servicing cycle as `YYYY-MM`: from the instant of its Patch Tuesday to that of the next one. */
export type Cycle = string;

/** Where Microsoft publishes: all release times are wall times of this zone. */
const REDMOND = 'America/Los_Angeles';
const RELEASE_HOUR = 10;
const TUESDAY = 2;

/** The second Tuesday of a month, 10:00 in America/Los_Angeles (17:00Z in summer, 18:00Z in winter). `month` is 1–12. */
export function patchTuesday(year: number, month: number): Temporal.Instant {
  return releaseInstant(secondTuesday(new Temporal.PlainYearMonth(year, month)));
}

/** First instant of a cycle: its Patch Tuesday. Throws a RangeError when the text is not `YYYY-MM`. */
export function cycleStart(cycle: Cycle): Temporal.Instant {
  return releaseInstant(secondTuesday(Temporal.PlainYearMonth.from(cycle)));
}

/** First instant after a cycle: the next Patch Tuesday. */
export function cycleEnd(cycle: Cycle): Temporal.Instant {
  return cycleStart(nextCycle(cycle));
}

/** The cycle that follows. */
export function nextCycle(cycle: Cycle): Cycle {
  return Temporal.PlainYearMonth.from(cycle).add({ months: 1 }).toString();
}

/** The cycle before. */
export function previousCycle(cycle: Cycle): Cycle {
  return Temporal.PlainYearMonth.from(cycle).subtract({ months: 1 }).toString();
}

/** The cycle in which an instant lies; the instant of Patch Tuesday itself opens its cycle. */
export function cycleAt(at: Temporal.Instant): Cycle {
  const day = at.toZonedDateTimeISO(REDMOND).toPlainDate();
  const month = day.toPlainYearMonth();
  const opened = Temporal.Instant.compare(at, releaseInstant(secondTuesday(month))) >= 0;
  return (opened ? month : month.subtract({ months: 1 })).toString();
}

/**
 * The cycle to which a publication belongs. Microsoft's CreationDate is often seconds after 10:00 Pacific and sometimes hours
 * before, so whatever is published on the Pacific calendar day of Patch Tuesday belongs to that Patch Tuesday (`onPatchTuesday`);
 * everything else to the cycle in which its instant lies.
 */
export function cycleOfPublication(published: Temporal.Instant): {
  readonly cycle: Cycle;
  readonly onPatchTuesday: boolean;
} {
  const day = published.toZonedDateTimeISO(REDMOND).toPlainDate();
  const month = day.toPlainYearMonth();
  const order = Temporal.PlainDate.compare(day, secondTuesday(month));
  return { cycle: (order < 0 ? month.subtract({ months: 1 }) : month).toString(), onPatchTuesday: order === 0 };
}

/** The release instants of a month in Microsoft's own letters: B (Patch Tuesday), C and D (optional previews), one week apart. */
export interface ReleaseMarks {
  readonly b: Temporal.Instant;
  readonly c: Temporal.Instant;
  readonly d: Temporal.Instant;
}

/** B, C and D week of a cycle: its second, third and fourth Tuesday at 10:00 Pacific. */
export function releaseMarks(cycle: Cycle): ReleaseMarks {
  const tuesday = secondTuesday(Temporal.PlainYearMonth.from(cycle));
  return {
    b: releaseInstant(tuesday),
    c: releaseInstant(tuesday.add({ weeks: 1 })),
    d: releaseInstant(tuesday.add({ weeks: 2 })),
  };
}

function secondTuesday(month: Temporal.PlainYearMonth): Temporal.PlainDate {
  const first = month.toPlainDate({ day: 1 });
  return first.add({ days: ((TUESDAY - first.dayOfWeek + 7) % 7) + 7 });
}

function releaseInstant(day: Temporal.PlainDate): Temporal.Instant {
  return day.toZonedDateTime({ timeZone: REDMOND, plainTime: new Temporal.PlainTime(RELEASE_HOUR) }).toInstant();
}
