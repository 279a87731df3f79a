import { stripVTControlCharacters } from 'node:util';

/** Control characters, and those that turn or hide text: what clients and updates send must not steer a terminal. */
const STEERING = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const MOST_DEPTH = 32;

/** A copy in which all texts, keys too, are free of what steers a terminal. `lines` keeps line ends and tabs. */
export function clean<T>(value: T, keep: 'one line' | 'lines' = 'one line'): T {
  return cleanAny(value, keep, 0) as T;
}

/** One text without escape sequences and control characters; line ends become blanks unless they are kept. */
export function cleanText(text: string, keep: 'one line' | 'lines' = 'one line'): string {
  const plain = stripVTControlCharacters(text).replaceAll('\r\n', '\n');
  if (keep === 'lines') return plain.replace(STEERING, (found) => (found === '\n' || found === '\t' ? found : ''));
  return plain.replaceAll(/[\n\r\t]+/g, ' ').replace(STEERING, '');
}

/** JSON in which such characters stand as escapes: the same value, harmless on a terminal. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? 'null';
  return json.replace(STEERING, (found) =>
    found === '\n' ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function cleanAny(value: unknown, keep: 'one line' | 'lines', depth: number): unknown {
  if (typeof value === 'string') return cleanText(value, keep);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MOST_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((one) => cleanAny(one, keep, depth + 1));
  const entries = Object.entries(value).map(([name, one]) => [cleanText(name), cleanAny(one, keep, depth + 1)]);
  return Object.fromEntries(entries);
}
