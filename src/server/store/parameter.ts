import { canonicalJson, type Json } from '#domain/evidence/canonical-json.ts';

/** Outside of these years ISO text and PostgreSQL's differ; only broken or hostile clocks are there. */
const EARLIEST = Temporal.Instant.from('0001-01-01T00:00:00Z');
const LATEST = Temporal.Instant.from('9999-12-31T23:59:59.999999Z');

/**
 * An instant as a statement's parameter. PostgreSQL keeps microseconds and would round the rest, up to a later instant than was meant;
 * so the rest is cut off. Instants outside of the years 1 to 9999 become the nearest one inside.
 */
export function sqlInstant(at: Temporal.Instant): string {
  if (Temporal.Instant.compare(at, EARLIEST) < 0) return EARLIEST.toString();
  if (Temporal.Instant.compare(at, LATEST) > 0) return LATEST.toString();
  return at.round({ smallestUnit: 'microsecond', roundingMode: 'floor' }).toString();
}

/** The same for an instant that may be absent. */
export function sqlInstantOrNull(at: Temporal.Instant | undefined): string | null {
  return at ? sqlInstant(at) : null;
}

/** A value as a jsonb parameter; text that jsonb cannot hold (NUL, lone surrogates) becomes U+FFFD. */
export function sqlJson(value: Json): string {
  return canonicalJson(value);
}

/** Turns rows into one array a column, for `unnest`. */
export function columns<Row, const Names extends readonly (keyof Row)[]>(
  rows: readonly Row[],
  names: Names,
): { -readonly [At in keyof Names]: Row[Names[At] & keyof Row][] } {
  return names.map((name) => rows.map((row) => row[name])) as never;
}
