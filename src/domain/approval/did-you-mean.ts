/** ` Did you mean "…"?` with the nearest of the known words, or nothing when none is near. Letter case does not count. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const wanted = word.toLowerCase().slice(0, MAX_LENGTH);
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, MAX_LENGTH));
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}

const MAX_LENGTH = 64;

/** Number of single letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
