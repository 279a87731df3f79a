const OPEN_LENGTH = '<int>'.length;
const CLOSE_LENGTH = '</int>'.length;
/** Numbers of more digits may be too large; the codec sees to these. */
const MOST_DIGITS = 9;
const ZERO = 0x30;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const I = 0x69;
const N = 0x6e;
const T = 0x74;

/**
 * The number in an `<int>` of the plainest form (no attributes, no white space, at most nine digits) that begins here; -1 where there is
 * none. Requests have tens of thousands of them, so the characters are compared one by one, several times faster than any other way.
 */
export function plainIntAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== LESS || text.charCodeAt(at + 1) !== I || text.charCodeAt(at + 2) !== N) return -1;
  if (text.charCodeAt(at + 3) !== T || text.charCodeAt(at + 4) !== GREATER) return -1;
  const first = at + OPEN_LENGTH;
  let end = first;
  let value = 0;
  for (let digit = text.charCodeAt(end) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(end) - ZERO) {
    value = value * 10 + digit;
    end += 1;
  }
  if (end === first || end - first > MOST_DIGITS) return -1;
  if (text.charCodeAt(end) !== LESS || text.charCodeAt(end + 1) !== SLASH || text.charCodeAt(end + 2) !== I) return -1;
  if (text.charCodeAt(end + 3) !== N || text.charCodeAt(end + 4) !== T) return -1;
  return text.charCodeAt(end + 5) === GREATER ? value : -1;
}

/** Where the `<int>` ends that `plainIntAt` found here. */
export function plainIntEnd(text: string, at: number): number {
  let end = at + OPEN_LENGTH;
  while (text.charCodeAt(end) !== LESS) end += 1;
  return end + CLOSE_LENGTH;
}
