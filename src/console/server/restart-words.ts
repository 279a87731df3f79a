type Wants = boolean | undefined;

/**
 * Whether a window restarts the server, by what its updates want; `undefined`: that is not known. What an earlier window should have
 * installed restarts it only where it is still missing.
 */
export function restartWords(
  news: readonly Wants[],
  again: readonly Wants[],
): 'restart' | 'restart possible' | 'no restart' {
  if (news.includes(true)) return 'restart';
  return [...news, ...again].every((wants) => wants === false) ? 'no restart' : 'restart possible';
}
