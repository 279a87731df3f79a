import { z } from 'zod';
import { didYouMean } from '#domain/approval/did-you-mean.ts';
import { readSpan } from '#domain/fleet/csv-span.ts';
import { ENVIRONMENTS, type Inventory, type InventoryField, TIERS } from '#domain/fleet/inventory.ts';
import { ROLE_NAMES } from '#domain/fleet/roles.ts';

/** A field of the inventory: what people call it, and what it may hold. */
export interface FieldRule<Field extends InventoryField = InventoryField> {
  readonly title: string;
  readonly schema: z.ZodType<NonNullable<Inventory[Field]>>;
}

/** What a source said of a field, checked; or everything that is wrong with it. */
export type StatementReading<Field extends InventoryField = InventoryField> =
  | { readonly ok: true; readonly value: NonNullable<Inventory[Field]> }
  | { readonly ok: false; readonly problems: readonly ValueProblem[] };

interface ValueProblem {
  /** The place within the value, e.g. `contact`; empty for all of it. */
  readonly path: string;
  readonly message: string;
}

/** The name of a server as inventories hold it, in lower case. */
const SERVER_NAME = /^[a-z0-9_]([a-z0-9_.-]{0,253}[a-z0-9_])?$/;
/** No control characters: such text goes into records, logs and terminals. */
const PRINTABLE = /^[^\p{Cc}]*$/u;
const DATE = /^\d{4}-\d\d-\d\d$/;
/** More problems of one value than these say nothing new. */
const MOST_PROBLEMS = 10;

/** A line of text without control characters. */
function line(longest: number): z.ZodType<string> {
  const message = `must be one line of 1 to ${longest} characters`;
  return z.string(message).trim().min(1, message).max(longest, message).regex(PRINTABLE, message);
}

/** One of some words in any letter case, with the nearest one where it is another. */
function word<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return z
    .string(`must be one of ${words.join(', ')}`)
    .trim()
    .toLowerCase()
    .pipe(
      z.enum(words, {
        error: ({ input }) =>
          `"${String(input).slice(0, 40)}" is not one of ${words.join(', ')}.${didYouMean(String(input), words)}`,
      }),
    ) as z.ZodType<Word>;
}

/** Each once, in the order of code units: lists that say the same are the same. */
function listed<Item extends string>(item: z.ZodType<Item>, most: number): z.ZodType<readonly Item[]> {
  return z
    .array(item, 'must be a list')
    .max(most, `must be at most ${most}`)
    .transform((items) => [...new Set(items)].sort());
}

const serverName = z
  .string('must be the name of a server')
  .trim()
  .toLowerCase()
  .regex(SERVER_NAME, 'must be the name of a server: letters, digits, dots, dashes, underscores; at most 255');

const SPAN = 'must be a span such as Sat,Sun 22:00-06:00';
/** As an object, or as people write it. */
const span = z.preprocess(
  (input) => (typeof input === 'string' ? readSpan(input) : input),
  z.strictObject(
    {
      weekdays: z
        .array(z.literal([1, 2, 3, 4, 5, 6, 7], 'must be 1 (Monday) to 7 (Sunday)'), 'must be a list')
        .min(1, 'must name a weekday')
        .max(7, 'must name a weekday once')
        .transform((days) => [...new Set(days)].sort()),
      from: z.int(SPAN).min(0, SPAN).max(1439, SPAN),
      minutes: z.int(SPAN).min(1, SPAN).max(1440, SPAN),
    },
    SPAN,
  ),
);

const date = z
  .string('must be a date such as 2029-01-09')
  .regex(DATE, 'must be a date such as 2029-01-09')
  .refine(isDate, 'is not a day of the calendar');

/** Every field of the inventory, in the order in which people are shown them. */
export const INVENTORY_FIELDS: { readonly [Field in InventoryField]-?: FieldRule<Field> } = {
  roles: {
    title: 'Roles',
    schema: listed(word(ROLE_NAMES), ROLE_NAMES.length).refine((roles) => roles.length > 0, 'must name a role'),
  },
  applications: { title: 'Applications', schema: listed(line(100), 50) },
  owner: {
    title: 'Owner',
    schema: z.strictObject(
      {
        kind: word(['person', 'team']),
        name: line(200),
        contact: z.email('must be a mail address').max(254, 'must be a mail address').exactOptional(),
      },
      'must be an owner: kind, name and, where known, contact',
    ),
  },
  environment: { title: 'Environment', schema: word(ENVIRONMENTS) },
  tier: { title: 'Business tier', schema: word(TIERS) },
  exposure: { title: 'Exposure', schema: word(['internet', 'internal']) },
  support: {
    title: 'Support',
    schema: z.strictObject(
      { status: word(['supported', 'extended', 'unsupported']), until: date.exactOptional() },
      'must be a support status and, where known, its last day',
    ),
  },
  redundancyGroup: {
    title: 'Redundancy group',
    schema: z
      .string('must be the name of a group')
      .trim()
      .toLowerCase()
      .regex(
        /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u,
        'must be 1–63 letters, digits, blanks, dots, dashes, underscores',
      ),
  },
  needs: { title: 'Needs', schema: listed(serverName, 100) },
  restartAfter: { title: 'Restarts after', schema: listed(serverName, 100) },
  window: {
    title: 'Maintenance window (plan)',
    schema: z
      .string('must be the name of a plan')
      .trim()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be the name of a plan'),
  },
  backup: {
    title: 'Backup',
    schema: z
      .strictObject({ tool: line(100).exactOptional(), slot: span.exactOptional() }, 'must be a tool, a slot, or both')
      .refine(({ tool, slot }) => tool !== undefined || slot !== undefined, 'must be a tool, a slot, or both'),
  },
  hours: {
    title: 'Own hours',
    schema: z.array(span, 'must be a list').min(1, 'must have a span').max(21, 'must be at most 21'),
  },
  healthChecks: {
    title: 'Health checks',
    schema: z.array(line(200), 'must be a list').min(1, 'must name a check').max(30, 'must be at most 30'),
  },
  operatingSystem: { title: 'Operating system', schema: line(200) },
  model: { title: 'Model', schema: line(200) },
  directoryEntry: { title: 'Directory entry', schema: line(1000) },
  notes: { title: 'Notes', schema: line(2000) },
};

/** All names of fields, in the order of `INVENTORY_FIELDS`. */
export const FIELD_NAMES = Object.keys(INVENTORY_FIELDS) as readonly InventoryField[];

/** A value of a field from unknown data, or everything that is wrong with it. Lists are sorted, names are in lower case. */
export function readStatementValue<Field extends InventoryField>(
  field: Field,
  input: unknown,
): StatementReading<Field> {
  const read = (INVENTORY_FIELDS[field] as FieldRule<Field>).schema.safeParse(input);
  if (read.success) return { ok: true, value: read.data };
  const problems = read.error.issues.slice(0, MOST_PROBLEMS);
  return { ok: false, problems: problems.map(({ path, message }) => ({ path: path.join('.'), message })) };
}

/** The name of a server in lower case, as inventories hold it; undefined for what cannot be one. */
export function readServerName(input: string): string | undefined {
  const name = input.trim().toLowerCase();
  return SERVER_NAME.test(name) ? name : undefined;
}

function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
