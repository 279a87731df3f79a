import { type Document, isMap, isPair, isScalar, LineCounter, type Node } from 'yaml';
import type { z } from 'zod';
import { didYouMean } from '#domain/approval/did-you-mean.ts';
import { composePlain } from '#domain/approval/plain-yaml.ts';

/** Something wrong in a file that people write. Line and column count from 1. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  /** Where in the document, e.g. `rules[3].when.class`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type FileReading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly [FileProblem, ...FileProblem[]] };

/** Something wrong at a place of the data. */
export interface DataProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a file may hold. */
export interface FileForm<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Every key that some map of it may have: an unknown one is likened to these. */
  readonly keys: readonly string[];
  /** What no single value shows, even where others are wrong; of data of any shape. */
  readonly further: (raw: unknown) => readonly DataProblem[];
}

const MAX_PROBLEMS = 50;

/**
 * Reads YAML (so JSON too) by a schema. Every problem is told with its place, at most 50 of them. Hostile text is refused in bounded
 * time: too long, too deep, with anchors, aliases, tags, or more than one document.
 */
export function readYamlFile<Schema extends z.ZodType>(
  yaml: string,
  { schema, keys, further }: FileForm<Schema>,
): FileReading<z.output<Schema>> {
  const lines = new LineCounter();
  const composed = composePlain(yaml, lines);
  if (!composed.ok) return failed(composed.problems.map(({ at, message }) => problemAt(lines, at, '', message)));
  const { document } = composed;
  const raw: unknown = document.toJS();
  const read = schema.safeParse(raw);
  const issues = read.success ? [] : read.error.issues.slice(0, MAX_PROBLEMS);
  const problems = [
    ...issues.flatMap((issue) => explain(issue, document, lines, keys)),
    ...further(raw)
      .slice(0, MAX_PROBLEMS)
      .map(({ path, message }) => problemOn(document, lines, path, message)),
  ];
  return read.success && problems.length === 0 ? { ok: true, value: read.data } : failed(problems);
}

function failed(problems: readonly FileProblem[]): { ok: false; problems: [FileProblem, ...FileProblem[]] } {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);
  const [first = { line: 1, column: 1, path: '', message: 'It does not read.' }, ...rest] = sorted;
  return { ok: false, problems: [first, ...rest] };
}

function explain(
  issue: z.core.$ZodIssue,
  document: Document,
  lines: LineCounter,
  keys: readonly string[],
): FileProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problemOn(document, lines, [...path, key], `Unknown key "${key.slice(0, 80)}".${didYouMean(key, keys)}`, true),
    );
  }
  const isMissing = issue.code === 'invalid_type' && path.length > 0 && !document.hasIn(withoutIndex(document, path));
  return [problemOn(document, lines, path, isMissing ? 'This is missing.' : issue.message)];
}

/** A problem at the node of a path, or at the nearest node above it that exists; at the key itself when the key is wrong. */
function problemOn(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
  message: string,
  atKey = false,
): FileProblem {
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

/** A path as people write it, e.g. `waves[1].gate`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part).slice(0, 80)}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}

function problemAt(lines: LineCounter, offset: number, path: string, message: string): FileProblem {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), path, message };
}
