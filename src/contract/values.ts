import * as z from 'zod';

/** Values that several endpoints share. Instants are ISO text with `Z`; ids are GUIDs in lower case. */
export const Instant = z.iso.datetime({ offset: true });
export const Guid = z.guid().transform((text) => text.toLowerCase());
export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, 'a name of letters, digits, blank, dot, underscore, hyphen; at most 63');
export const Sentence = z.string().trim().min(3).max(1000);
export const Person = z.string().trim().min(1).max(200);
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
