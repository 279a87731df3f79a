import { z } from 'zod';
import { didYouMean } from '#domain/approval/did-you-mean.ts';
import type { UpdateClass } from '#domain/approval/update-class.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

/** What a rule is asked about: one update, one kind of target, one instant. */
export interface Subject {
  readonly revision: Revision;
  readonly updateClass: UpdateClass;
  readonly catalogue: Catalogue;
  readonly target: Target;
  readonly at: Temporal.Instant;
}

/** One condition that a rule may have: how it is written, what it means, and how it is tested. */
export interface Matcher<Schema extends z.ZodType> {
  /** What may be written, for the docs. */
  readonly values: string;
  /** When it holds, for the docs: one sentence. */
  readonly doc: string;
  /** YAML of one condition, for the docs and their test. */
  readonly example: string;
  readonly schema: Schema;
  /** Null: this subject has nothing to compare with, e.g. a target whose Windows build nobody knows yet. */
  match(wanted: z.output<Schema>, subject: Subject): boolean | null;
  /** Instants at which the answer may change by time alone. */
  flips?(wanted: z.output<Schema>, revision: Revision): readonly Temporal.Instant[];
}

/** Helps to infer the schema's type. */
export function matcher<Schema extends z.ZodType>(definition: Matcher<Schema>): Matcher<Schema> {
  return definition;
}

/** More values than a list that people maintain by hand. */
const MAX_VALUES = 200;

/** One value or a list of them. */
export function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z
      .array(item)
      .min(1, 'An empty list matches nothing; leave the condition out.')
      .max(MAX_VALUES, `At most ${MAX_VALUES} values.`)
      .readonly(),
  );
}

/** One of these words, in any letter case. */
export function word<const Word extends string>(what: string, words: readonly Word[]) {
  return z.string().transform((text, context) => {
    const found = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    const hint = didYouMean(text, words) || ` Allowed: ${words.join(', ')}.`;
    context.addIssue({ code: 'custom', message: `Unknown ${what} "${shorten(text)}".${hint}` });
    return z.NEVER;
  });
}

const GUID = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;

/** A category by its English title, in any letter case, or any category by its GUID. */
export function category(what: string, known: readonly { readonly id: UpdateId; readonly title: string }[]) {
  return z.string().transform((text, context): UpdateId => {
    if (GUID.test(text)) return text.replace(/[{}]/g, '').toLowerCase();
    const found = known.find(({ title }) => title.toLowerCase() === text.toLowerCase());
    if (found) return found.id;
    const titles = known.map(({ title }) => title);
    const hint = didYouMean(text, titles) || ' Others are named by their GUID.';
    context.addIssue({ code: 'custom', message: `Unknown ${what} "${shorten(text)}".${hint}` });
    return z.NEVER;
  });
}

/** `from` (included) and `before` (excluded), at least one of them, in this order. */
export function range<Bound extends z.ZodType<unknown>>(
  bound: Bound,
  isBefore: (a: z.output<Bound>, b: z.output<Bound>) => boolean,
) {
  return z
    .strictObject({ from: bound.optional(), before: bound.optional() })
    .readonly()
    .superRefine(({ from, before }, context) => {
      if (from === undefined && before === undefined)
        context.addIssue({ code: 'custom', message: 'Give "from", "before" or both.' });
      if (from !== undefined && before !== undefined && !isBefore(from as z.output<Bound>, before as z.output<Bound>)) {
        context.addIssue({ code: 'custom', message: '"from" must be less than "before".' });
      }
    });
}

/** A date (its midnight in UTC) or an instant. */
export const instant = z.string().transform((text, context): Temporal.Instant => {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  try {
    return Temporal.Instant.from(full);
  } catch {
    context.addIssue({
      code: 'custom',
      message: `"${shorten(text)}" is not a date (2026-01-31) or an instant (2026-01-31T10:00:00Z).`,
    });
    return z.NEVER;
  }
});

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
