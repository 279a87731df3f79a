/** Parts of a distinguished name from the entry upwards, in a form in which equal names are equal: `cn=srv01`, `ou=servers`. */
export type NameParts = readonly string[];

const MOST_PARTS = 100;
const LONGEST = 4096;

/**
 * Reads a distinguished name ([RFC 4514]). Letter case, blanks around separators and the way of escaping do not count. Undefined for what
 * is none.
 */
export function readDistinguishedName(text: string): NameParts | undefined {
  if (text.length > LONGEST) return undefined;
  const parts = text.split(/(?<!(?<!\\)(?:\\\\)*\\),/).map(readPart);
  return parts.length <= MOST_PARTS && parts.every((part) => part !== undefined) ? parts : undefined;
}

/** Whether an entry stands below another one, or is it. */
export function isWithin(entry: NameParts, base: NameParts): boolean {
  const above = entry.length - base.length;
  return above >= 0 && base.every((part, at) => part === entry[above + at]);
}

function readPart(text: string): string | undefined {
  const [, type, value] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*(.*?)\s*$/su.exec(text) ?? [];
  return type === undefined || !value ? undefined : `${type}=${unescaped(value)}`.toLowerCase();
}

/** `\,` and `\2C` are the same sign; signs beyond ASCII may stand as the pairs of digits of their UTF-8. */
function unescaped(value: string): string {
  return value.replace(/(?:\\[0-9a-f]{2})+/gi, decoded).replace(/\\(.)/gsu, '$1');
}

function decoded(pairs: string): string {
  try {
    return decodeURIComponent(pairs.replaceAll('\\', '%'));
  } catch {
    return pairs; // bytes that are no UTF-8
  }
}
