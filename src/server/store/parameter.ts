import { canonicalJson, type Json } from '#domain/evidence/canonical-json.ts';

/**
 * An instant as a statement's parameter. PostgreSQL keeps microseconds and would round the rest, up to a later instant than was meant;
 * so the rest is cut off.
 */
export function sqlInstant(at: Temporal.Instant): string {
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
): { [At in keyof Names]: Row[Names[At] & keyof Row][] } {
  return names.map((name) => rows.map((row) => row[name])) as never;
}
