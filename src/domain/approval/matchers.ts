import { z } from 'zod';
import { CLASSIFICATIONS } from '#domain/approval/classifications.ts';
import { category, instant, matcher, oneOrMore, range, word } from '#domain/approval/matcher.ts';
import { PRODUCTS } from '#domain/approval/products.ts';
import { UPDATE_CLASSES, type UpdateClass } from '#domain/approval/update-class.ts';
import { fitsWildcard } from '#domain/approval/wildcard.ts';
import { PRODUCT_TYPES } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';

const MAX_PATTERN = 200;
const MAX_DAYS = 3_650;
const MAX_BUILD = 999_999;

const PRODUCT_TYPE_NAMES = Object.keys(PRODUCT_TYPES) as (keyof typeof PRODUCT_TYPES)[];

const build = z.int().min(1).max(MAX_BUILD);
const isLess = (a: number, b: number) => a < b;

const updateClass = matcher({
  values: 'class names, listed below',
  doc: 'The update is of one of these classes on the target.',
  example: 'class: [os-cumulative, ssu]',
  schema: oneOrMore(word('class', Object.keys(UPDATE_CLASSES) as UpdateClass[])),
  match: (wanted, subject) => wanted.includes(subject.updateClass),
});

const classification = matcher({
  values: 'titles or GUIDs of classifications',
  doc: "Microsoft's classification of the update is one of these.",
  example: 'classification: Security Updates',
  schema: oneOrMore(category('classification', CLASSIFICATIONS)),
  match: (wanted, { revision, catalogue }) => {
    const id = catalogue.classification(revision);
    return id === undefined ? null : wanted.includes(id);
  },
});

const product = matcher({
  values: 'titles of common products, or GUIDs of any',
  doc: 'The update is for at least one of these products.',
  example: 'product: Windows Server 2019',
  schema: oneOrMore(category('product', PRODUCTS)),
  match: (wanted, { revision, catalogue }) => catalogue.products(revision).some((id) => wanted.includes(id)),
});

const severity = matcher({
  values: 'Critical, Important, Moderate, Low, Unspecified',
  doc: "Microsoft's severity rating is one of these; `Unspecified` means that there is none.",
  example: 'severity: [Critical, Important]',
  schema: oneOrMore(word('severity', ['Critical', 'Important', 'Moderate', 'Low', 'Unspecified'])),
  match: (wanted, subject) => wanted.includes(subject.revision.severity ?? 'Unspecified'),
});

const kb = matcher({
  values: 'KB numbers, with or without "KB"',
  doc: 'The KB article is one of these. Only for single cases: one KB number can stand for very different updates.',
  example: 'kb: [KB5022842, 5021131]',
  schema: oneOrMore(
    z
      .preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.string().regex(/^(KB)?\d{5,8}$/i, 'Not a KB number, such as KB5022842.'),
      )
      .transform((text) => text.replace(/^KB/i, '')),
  ),
  match: (wanted, subject) => subject.revision.kb !== undefined && wanted.includes(subject.revision.kb),
});

const update = matcher({
  values: 'update ids (GUIDs)',
  doc: 'It is one of these updates, in any revision.',
  example: 'update: 56309036-4c77-4dd9-951a-99ee9c246a94',
  schema: oneOrMore(category('update id', [])),
  match: (wanted, subject) => wanted.includes(subject.revision.updateId),
});

const title = matcher({
  values: `patterns of at most ${MAX_PATTERN} characters`,
  doc: 'The whole English title fits one of these patterns: `*` is any run of characters, `?` is one, letter case does not count.',
  example: 'title: "*Malicious Software Removal Tool*"',
  schema: oneOrMore(z.string().min(1).max(MAX_PATTERN, `At most ${MAX_PATTERN} characters.`)),
  match: (wanted, subject) => wanted.some((pattern) => fitsWildcard(pattern, subject.revision.title)),
});

const reboot = matcher({
  values: 'NeverReboots, CanRequestReboot, AlwaysRequiresReboot',
  doc: 'The strongest restart behaviour that the update, or a part of its bundle, declares is one of these.',
  example: 'reboot: NeverReboots',
  schema: oneOrMore(word('restart behaviour', ['NeverReboots', 'CanRequestReboot', 'AlwaysRequiresReboot'])),
  match: (wanted, { revision, catalogue }) => wanted.includes(catalogue.reboot(revision)),
});

const installedByDefault = matcher({
  values: 'true or false',
  doc: 'Windows Update would install it by itself (its metadata has AutoSelectOnWebSites). Exports of catalogues do not say.',
  example: 'installedByDefault: true',
  schema: z.boolean(),
  match: (wanted, { revision }) =>
    revision.installedByDefault === undefined ? null : revision.installedByDefault === wanted,
});

const days = z.int().min(0).max(MAX_DAYS);

const age = matcher({
  values: '`from` and/or `before`, in days',
  doc: 'So many days (of 24 hours) have passed since the publication of this revision: at least `from`, less than `before`.',
  example: 'age: { from: 7, before: 90 }',
  schema: range(days, isLess),
  match: ({ from, before }, { revision, at }) => {
    const hours = revision.published.until(at).total('hours');
    return (from === undefined || hours >= from * 24) && (before === undefined || hours < before * 24);
  },
  flips: ({ from, before }, { published }) =>
    [from, before].flatMap((bound) => (bound === undefined ? [] : published.add({ hours: bound * 24 }))),
});

const published = matcher({
  values: '`from` and/or `before`, dates or instants',
  doc: 'This revision was published at `from` or later, before `before`.',
  example: 'published: { before: 2024-01-01 }',
  schema: range(instant, isBefore),
  match: (wanted, subject) => isWithin(subject.revision.published, wanted),
});

const date = matcher({
  values: '`from` and/or `before`, dates or instants',
  doc: 'The rule is in force: from `from` on, until `before`. A date means its midnight in UTC.',
  example: 'date: { from: 2026-12-15, before: 2027-01-07 }',
  schema: range(instant, isBefore),
  match: (wanted, subject) => isWithin(subject.at, wanted),
  flips: ({ from, before }) => [from, before].filter((bound) => bound !== undefined),
});

const target = matcher({
  values: '`osBuild` (builds, or `from`/`before`) and/or `productType` (workstation, domain-controller, server)',
  doc: 'The server runs such a Windows build and is of such a type.',
  example: 'target: { osBuild: { from: 20348 }, productType: domain-controller }',
  schema: z
    .strictObject({
      osBuild: z
        .union([oneOrMore(build), range(build, isLess)], {
          error: 'Give a build such as 17763, a list of builds, or { from: …, before: … }.',
        })
        .optional(),
      productType: oneOrMore(word('type of machine', PRODUCT_TYPE_NAMES)).optional(),
    })
    .readonly()
    .refine((wanted) => Object.keys(wanted).length > 0, 'Give "osBuild", "productType" or both.'),
  match: (wanted, subject) =>
    both(hasBuild(wanted.osBuild, subject.target), hasType(wanted.productType, subject.target)),
});

/** Every condition that a rule may have, by its name in YAML. Validation, evaluation and the docs are made from this table. */
export const MATCHERS = {
  class: updateClass,
  classification,
  product,
  severity,
  kb,
  update,
  title,
  reboot,
  installedByDefault,
  age,
  published,
  date,
  target,
} as const;

export type MatcherName = keyof typeof MATCHERS;
export const MATCHER_NAMES = Object.keys(MATCHERS) as MatcherName[];

type Builds = readonly number[] | { readonly from?: number | undefined; readonly before?: number | undefined };

function hasBuild(wanted: Builds | undefined, { osBuild }: { readonly osBuild?: number }): boolean | null {
  if (wanted === undefined) return true;
  if (osBuild === undefined) return null;
  if ('includes' in wanted) return wanted.includes(osBuild);
  return osBuild >= (wanted.from ?? 0) && osBuild < (wanted.before ?? Number.POSITIVE_INFINITY);
}

function hasType(
  wanted: readonly (keyof typeof PRODUCT_TYPES)[] | undefined,
  { productType }: { readonly productType?: number },
): boolean | null {
  if (wanted === undefined) return true;
  return productType === undefined ? null : wanted.some((name) => PRODUCT_TYPES[name] === productType);
}

function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function isWithin(
  at: Temporal.Instant,
  { from, before }: { readonly from?: Temporal.Instant | undefined; readonly before?: Temporal.Instant | undefined },
): boolean {
  return (from === undefined || !isBefore(at, from)) && (before === undefined || isBefore(at, before));
}
