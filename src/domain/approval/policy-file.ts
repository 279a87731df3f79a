import { type Document, isMap, isPair, isScalar, LineCounter, type Node } from 'yaml';
import { z } from 'zod';
import { didYouMean } from '#domain/approval/did-you-mean.ts';
import { MATCHER_NAMES, MATCHERS, type MatcherName } from '#domain/approval/matchers.ts';
import { composePlain } from '#domain/approval/plain-yaml.ts';
import type { Policy } from '#domain/approval/policy.ts';

/** Something wrong in a policy file. Line and column count from 1. */
interface PolicyProblem {
  readonly line: number;
  readonly column: number;
  /** Where in the document, e.g. `rules[3].when.class`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly [PolicyProblem, ...PolicyProblem[]] };

const MAX_RULES = 500;
const MAX_PROBLEMS = 50;

/** One optional key for each matcher of the table. `fromEntries` forgets which schema belongs to which key; the type says it again. */
const conditionSchemas = Object.fromEntries(MATCHER_NAMES.map((name) => [name, MATCHERS[name].schema.optional()])) as {
  readonly [Name in MatcherName]: z.ZodOptional<(typeof MATCHERS)[Name]['schema']>;
};

const conditions = z
  .strictObject(conditionSchemas)
  .readonly()
  .refine((given) => Object.keys(given).length > 0, 'Give at least one condition.');

const rule = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'A name has lower-case letters, digits and hyphens, at most 64.'),
    when: conditions,
    not: conditions.optional(),
    verdict: z.enum(['approve', 'not-approve', 'review'], 'Allowed: approve, not-approve, review.'),
    reason: z.string().trim().min(1, 'Say why, in one sentence.').max(300, 'At most 300 characters.'),
  })
  .readonly();

const policyFile = z
  .strictObject({
    name: z.string().trim().min(1).max(100, 'At most 100 characters.'),
    rules: z
      .array(rule)
      .min(1, 'A policy has at least one rule.')
      .max(MAX_RULES, `At most ${MAX_RULES} rules.`)
      .readonly(),
  })
  .readonly();

const KEYS = [
  'name',
  'rules',
  'when',
  'not',
  'verdict',
  'reason',
  ...MATCHER_NAMES,
  'from',
  'before',
  'osBuild',
  'productType',
];

/**
 * Reads an approval policy from YAML. Every problem is told with its place, at most 50 of them. Hostile text is refused in bounded time:
 * too long, too deep, with anchors, aliases, tags, or more than one document.
 */
export function readPolicy(yaml: string): PolicyReading {
  const lines = new LineCounter();
  const composed = composePlain(yaml, lines);
  if (!composed.ok) return failed(composed.problems.map(({ at, message }) => problemAt(lines, at, '', message)));
  const { document } = composed;
  const raw: unknown = document.toJS();
  const read = policyFile.safeParse(raw);
  const problems = [
    ...(read.success
      ? []
      : read.error.issues.slice(0, MAX_PROBLEMS).flatMap((issue) => explain(issue, document, lines))),
    ...repeatedNames(raw)
      .slice(0, MAX_PROBLEMS)
      .map((at) => problemOn(document, lines, ['rules', at, 'name'], 'Another rule has the same name.')),
  ];
  return read.success && problems.length === 0 ? { ok: true, policy: read.data } : failed(problems);
}

function failed(problems: readonly PolicyProblem[]): PolicyReading {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);
  const [first = { line: 1, column: 1, path: '', message: 'Not a policy.' }, ...rest] = sorted;
  return { ok: false, problems: [first, ...rest] };
}

function explain(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): PolicyProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problemOn(document, lines, [...path, key], `Unknown key "${key.slice(0, 80)}".${didYouMean(key, KEYS)}`, true),
    );
  }
  const isMissing = issue.code === 'invalid_type' && path.length > 0 && !document.hasIn(withoutIndex(document, path));
  return [problemOn(document, lines, path, isMissing ? 'This is missing.' : issue.message)];
}

/** Indexes of the rules whose name an earlier rule has. */
function repeatedNames(raw: unknown): number[] {
  const named = z.object({ rules: z.array(z.looseObject({ name: z.string() }).catch({ name: '' })) }).safeParse(raw);
  if (!named.success) return [];
  const seen = new Set<string>();
  return named.data.rules.flatMap(({ name }, index) => {
    const isRepeated = name !== '' && seen.has(name);
    seen.add(name);
    return isRepeated ? [index] : [];
  });
}

/** A problem at the node of a path, or at the nearest node above it that exists; at the key itself when the key is wrong. */
function problemOn(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
  message: string,
  atKey = false,
): PolicyProblem {
  const shown = withoutIndex(document, path);
  let written = shown;
  while (written.length > 0 && !document.hasIn(written)) written = written.slice(0, -1);
  const node = atKey ? keyNode(document, written) : document.getIn(written, true);
  const at = (node as Node | undefined)?.range?.[0] ?? 0;
  return problemAt(lines, at, pathText(shown), message);
}

/** One value where a list may stand has no index in the file, only in the schema. */
function withoutIndex(document: Document, path: readonly (string | number)[]): readonly (string | number)[] {
  const parent = path.slice(0, -1);
  return typeof path.at(-1) === 'number' && isScalar(document.getIn(parent, true)) ? parent : path;
}

function keyNode(document: Document, path: readonly (string | number)[]): unknown {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return parent;
  return (
    parent.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === path.at(-1))?.key ?? parent
  );
}

function pathText(path: readonly (string | number)[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part.slice(0, 80)}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

function problemAt(lines: LineCounter, offset: number, path: string, message: string): PolicyProblem {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), path, message };
}
