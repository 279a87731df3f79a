/** An instant in a sentence: `2023-10-22 02:13Z`. */
export function shortTime(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}
