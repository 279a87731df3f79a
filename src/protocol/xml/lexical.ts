const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a GUID in lower case, without braces. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** An `xs:dateTime`; without a zone it is UTC, as everywhere in the protocol. Undefined for anything else. */
export function instantFrom(text: string): Temporal.Instant | undefined {
  const form = DATE_TIME.exec(text);
  if (!form) return undefined;
  try {
    return Temporal.Instant.from(form[1] ? text : `${text}Z`);
  } catch {
    // The form is right, the day or the hour does not exist.
    return undefined;
  }
}

/** The five entities of XML. The table of saxes inherits from Object, so that `&constructor;` would be one. */
export const NAMED_CHARACTERS: Record<string, string> = Object.assign(Object.create(null), {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
});
