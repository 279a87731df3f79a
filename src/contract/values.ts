import * as z from 'zod';

/** Values that several endpoints share. Instants are ISO text with `Z`; ids are GUIDs in lower case. */
export const Instant = z.iso.datetime({ offset: true });
export const Guid = z.guid().transform((text) => text.toLowerCase());
export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, 'a name of letters, digits, blank, dot, underscore, hyphen; at most 63');
/** No control characters: such text goes into records, logs and terminals. */
const PRINTABLE = /^[^\p{Cc}]*$/u;
/** A reference to one thing: a name, an id, a part of a title. */
export const Reference = z.string().min(1).max(255).regex(PRINTABLE, 'no control characters');
export const Sentence = z.string().trim().min(3).max(1000).regex(PRINTABLE, 'one line without control characters');
export const Person = z.string().trim().min(1).max(200).regex(PRINTABLE, 'no control characters');
export const Sha1 = z
  .string()
  .regex(/^[0-9A-Fa-f]{40}$/, 'a SHA-1 as 40 hex digits')
  .transform((text) => text.toLowerCase());
export const Mode = z.enum(['observe', 'managed']);

/** A list is served in pages: `after` is the `next` of the page before. */
export const PageQuery = z.object({
  after: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** One page; `next` is absent on the last. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}
