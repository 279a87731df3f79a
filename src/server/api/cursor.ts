import * as z from 'zod';
import { CodedError } from '#contract/errors.ts';

/** Where a page ended, as the opaque text that the next one is asked for with. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Reads a cursor back; one that this service did not write is `usage.wrong`. */
export function readCursor<Place extends z.ZodType>(schema: Place, text: string): z.output<Place> {
  const read = z
    .string()
    .transform((given, context): unknown => {
      try {
        return JSON.parse(Buffer.from(given, 'base64url').toString());
      } catch {
        context.addIssue({ code: 'custom', message: 'not a cursor' });
        return z.NEVER;
      }
    })
    .pipe(schema)
    .safeParse(text);
  if (!read.success) throw new CodedError('usage.wrong', 'after: not the "next" of an earlier page');
  return read.data;
}

/** A page of a list that is in memory: what follows `isAfter`, at most `limit`, and the cursor of the next page. */
export function pageOf<T, Item>(
  sorted: readonly T[],
  limit: number,
  place: (last: T) => readonly (string | number)[],
  show: (one: T) => Item,
): { items: Item[]; next?: string } {
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  const more = sorted.length > limit && last !== undefined;
  return { items: shown.map(show), ...(more ? { next: writeCursor(place(last)) } : {}) };
}
