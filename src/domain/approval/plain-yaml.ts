import { Composer, type CST, type Document, isAlias, isNode, isScalar, type LineCounter, Parser, visit } from 'yaml';

/** A place in the text (offset) and what is wrong there. */
interface YamlProblem {
  readonly at: number;
  readonly message: string;
}

type Composed =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

const MAX_LENGTH = 256 * 1024;
const MAX_DEPTH = 20;
const MAX_KEYS = 100;
const MAX_ITEMS = 1_000;

/**
 * One YAML document of maps, lists and plain values: at most 262,144 characters and twenty levels deep, maps of a hundred keys, lists
 * of a thousand items; without anchors, aliases and tags, so that what a reader sees is what is meant and nothing grows while it is
 * read.
 */
export function composePlain(text: string, lines: LineCounter): Composed {
  if (text.length > MAX_LENGTH) return refused(0, `The text is longer than ${MAX_LENGTH} characters.`);
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const excess = tooMuch(tokens);
  if (excess) return refused(excess.at, excess.message);
  const [document, ...others] = new Composer({ merge: false, schema: 'core', uniqueKeys: true }).compose(
    tokens,
    true,
    text.length,
  );
  if (!document) return refused(0, 'The text is empty.');
  const [other] = others;
  if (other) return refused(other.range[0], 'More than one document.');
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    at: error.pos[0],
    message: error.message,
  }));
  problems.push(...notPlain(document));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, document };
}

function refused(at: number, message: string): Composed {
  return { ok: false, problems: [{ at, message }] };
}

/**
 * The first place where the text is deeper, or a map or list longer, than allowed. Iterative, and before the composer, which recurses
 * and compares every key of a map with every other.
 */
function tooMuch(tokens: readonly CST.Token[]): YamlProblem | undefined {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    const at = 'offset' in token ? token.offset : 0;
    if (depth > MAX_DEPTH) return { at, message: `More than ${MAX_DEPTH} levels deep.` };
    if ('items' in token && token.items.length > longest(token)) {
      return { at, message: `A map may have ${MAX_KEYS} keys, a list ${MAX_ITEMS} items; this one has more.` };
    }
    for (const child of children(token)) open.push({ token: child, depth: depth + 1 });
  }
  return undefined;
}

function longest(token: CST.Token): number {
  const isList = token.type === 'block-seq' || (token.type === 'flow-collection' && token.start.source === '[');
  return isList ? MAX_ITEMS : MAX_KEYS;
}

function children(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value]).filter((child) => child !== undefined && child !== null);
}

function notPlain(document: Document): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, (role, node) => {
    if (!isNode(node)) return;
    const at = node.range?.[0] ?? 0;
    if (role === 'key' && !isScalar(node)) problems.push({ at, message: 'A key must be plain text.' });
    if (isAlias(node)) problems.push({ at, message: 'Aliases are not allowed; write the value again.' });
    else if (node.anchor !== undefined) problems.push({ at, message: 'Anchors are not allowed.' });
    else if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag))
      problems.push({ at, message: 'Tags are not allowed.' });
  });
  return problems;
}

/** The composer marks maps and lists with these itself. */
const PLAIN_TAGS: ReadonlySet<string> = new Set(['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);
