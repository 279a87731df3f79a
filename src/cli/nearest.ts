const FARTHEST = 2;

/** The candidate that a typing mistake most likely meant: at most two letters away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, away: distance(word, candidate) }))
    .filter(({ away }) => away <= FARTHEST)
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.candidate;
}

/** Letters to insert, leave out or change (Levenshtein); large enough as soon as the lengths differ by more than we care for. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > FARTHEST) return FARTHEST + 1;
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [row, sign] of [...a].entries()) {
    const line = [row + 1];
    for (const [at, other] of [...b].entries()) {
      const changed = (before[at] ?? 0) + (sign === other ? 0 : 1);
      line.push(Math.min(changed, (line[at] ?? 0) + 1, (before[at + 1] ?? 0) + 1));
    }
    before = line;
  }
  return before[b.length] ?? 0;
}
