import type * as z from 'zod';

/** What a field may be, in words for the person who sent something else; undefined where the schema's own words are good. */
export function allowedText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_small')
    return issue.minimum === 0 ? 'not below 0' : `at least ${amount(issue.minimum, issue.origin)}`;
  if (issue.code === 'too_big') return `at most ${amount(issue.maximum, issue.origin)}`;
  if (issue.code === 'invalid_format' && issue.format === 'datetime') return 'an instant such as 2026-03-22T01:00:00Z';
  if (issue.code === 'invalid_format' && issue.format === 'guid')
    return 'an id such as 84b3b6b1-8551-5247-8e3a-f6e9f8feb8d7';
  return undefined;
}

function amount(bound: number | bigint, origin: string): string {
  const unit = { string: 'character', array: 'item' }[origin];
  if (unit === undefined) return `${bound}`;
  return `${bound} ${unit}${bound === 1 ? '' : 's'}`;
}
