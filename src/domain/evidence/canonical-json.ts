/** What JSON can hold. Members that are undefined are left out, as if they were absent. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json | undefined };

/**
 * The one JSON text of a value: members sorted by UTF-16 code unit, no white space, numbers as ECMAScript writes them (as in RFC 8785).
 * Unlike there, NUL and lone surrogates become U+FFFD, because PostgreSQL's jsonb refuses them; so a value that went through
 * jsonb has the same canonical text as before. Throws a `RangeError` for a number that is not finite.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${canonicalText(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

function canonicalText(text: string): string {
  const isClean = text.isWellFormed() && !text.includes('\0');
  return JSON.stringify(isClean ? text : text.toWellFormed().replaceAll('\0', '\uFFFD'));
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
