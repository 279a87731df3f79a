/**
 * Whether a text fits a pattern in which `*` stands for any run of characters and `?` for exactly one. The whole text must fit; letter
 * case does not count. At worst text × pattern steps, so that a hostile pattern cannot hang the service as a regular expression can.
 */
export function fitsWildcard(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  let from = 0;
  let star = -1;
  let taken = 0;
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = at++;
      taken = from;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++taken;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}
