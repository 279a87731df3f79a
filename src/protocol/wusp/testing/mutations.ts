import fc, { type Arbitrary } from 'fast-check';

/** Pieces that have broken parsers before. */
const TOKENS = [
  '<',
  '>',
  '&',
  '"',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  '<?x?>',
  '<!DOCTYPE a>',
  '&lt;',
  '&#x10FFFF;',
  '&#0;',
  '&x;',
  '<a>',
  '</a>',
  '<a/>',
  ' xmlns=""',
  ' xsi:nil="1"',
  ' xmlns:s="urn:x"',
  '\u0000',
  '\ufffe',
  '\ud800',
  '🙂',
  '-1',
  '2147483648',
  '1e9',
  'NaN',
  'true',
  '9999-99-99T99:99:99Z',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
] as const;

type Mutation = (document: string) => string;

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** The place at a share of the document's length: documents shrink without the mutation losing its meaning. */
function at(document: string, share: number): number {
  return Math.floor(document.length * share);
}

const insertion: Arbitrary<Mutation> = fc.tuple(position, fc.constantFrom(...TOKENS)).map(
  ([share, token]) =>
    (document) =>
      splice(document, at(document, share), 0, token),
);
const removal: Arbitrary<Mutation> = fc.tuple(position, fc.nat(200)).map(
  ([share, length]) =>
    (document) =>
      splice(document, at(document, share), length, ''),
);
const truncation: Arbitrary<Mutation> = position.map((share) => (document) => document.slice(0, at(document, share)));
const change: Arbitrary<Mutation> = fc.tuple(position, fc.nat(0xffff)).map(
  ([share, code]) =>
    (document) =>
      splice(document, at(document, share), 1, String.fromCharCode(code)),
);
const copying: Arbitrary<Mutation> = fc
  .tuple(position, position, fc.nat(400))
  .map(([from, to, length]) => (document) => {
    const start = at(document, from);
    return splice(document, at(document, to), 0, document.slice(start, start + length));
  });
/** The text between two tags becomes another one: the document stays well formed, its values do not stay right. */
const retyping: Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom(...TOKENS))
  .map(([share, token]) => (document) => {
    const start = document.indexOf('>', at(document, share)) + 1;
    const end = document.indexOf('<', start);
    return start > 0 && end > start ? splice(document, start, end - start, token.replace(/[<>&]/g, '')) : document;
  });
/** An element is opened and closed under another name. */
const renaming: Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom('a', 'ID', 'cookie', 'int'))
  .map(([share, name]) => (document) => {
    const old = /<([A-Za-z]\w*)>/.exec(document.slice(at(document, share)))?.[1];
    return old ? document.replaceAll(`<${old}>`, `<${name}>`).replaceAll(`</${old}>`, `</${name}>`) : document;
  });

function splice(text: string, start: number, length: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(start + length);
}

/** One of the documents with up to four mutations. */
export function mutationsOf(documents: readonly string[]): Arbitrary<string> {
  const mutation = fc.oneof(insertion, removal, truncation, change, copying, retyping, renaming);
  return fc
    .tuple(fc.constantFrom(...documents), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([document, mutations]) => mutations.reduce((text, mutate) => mutate(text), document));
}
