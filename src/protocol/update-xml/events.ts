import { SaxesParser, type SaxesTagNS } from 'saxes';
import { decodeText } from './decode.ts';
import { type Place, type UpdateFailureCode, UpdateRefusal } from './failure.ts';
import type { ReadLimits } from './limits.ts';

/** A start tag with its namespaces resolved. */
export type XmlTag = SaxesTagNS;

/** What a reader does with the elements of a document, in document order. Comments and processing instructions are not told. */
export interface ElementSink {
  /** `depth` is 0 for the root. */
  open(tag: XmlTag, depth: number): void;
  /** One text may come in several parts. `depth` is that of the element around it. */
  text(text: string, depth: number): void;
  close(depth: number): void;
}

/** Where the parser stands, for whoever must refuse what it reads. */
export interface Position {
  place(): Place;
}

/**
 * Reads a document, or the several roots of a fragment, as a stream: strict, with namespaces, within limits, without a DTD.
 *
 * @throws UpdateRefusal for everything that is wrong with the input
 */
export function readElements(
  input: string | Uint8Array,
  shape: 'document' | 'fragment',
  limits: ReadLimits,
  createSink: (position: Position) => ElementSink,
): void {
  const parser = new SaxesParser({
    xmlns: true,
    fragment: shape === 'fragment',
    position: false,
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  // The parser's own table inherits from Object: `&constructor;` would be an entity.
  parser.ENTITIES = Object.assign(Object.create(null), { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });

  const names: string[] = [];
  const place = (): Place => ({ line: parser.line, column: parser.column, path: names.join('/') });
  const refuse = (code: UpdateFailureCode, message: string): never => {
    throw new UpdateRefusal(code, message, place());
  };
  if (input.length > limits.maxLength) refuse('update.too-large', `longer than ${limits.maxLength}`);

  const sink = createSink({ place });
  parser.on('error', (error) => refuse('update.not-xml', error.message));
  parser.on('doctype', () => refuse('update.dtd', 'a document type declaration is not allowed'));
  parser.on('opentag', (tag) => {
    const depth = names.push(tag.local) - 1;
    if (depth >= limits.maxDepth) refuse('update.too-deep', `more than ${limits.maxDepth} elements are open`);
    checkAttributes(tag, limits.maxAttributes, refuse);
    sink.open(tag, depth);
  });
  parser.on('closetag', () => {
    sink.close(names.length - 1);
    names.pop();
  });
  parser.on('text', (text) => {
    if (names.length > 0) sink.text(text, names.length - 1);
    else if (!isBlank(text)) refuse('update.not-xml', 'text outside of an element');
  });
  parser.on('cdata', (text) => sink.text(text, names.length - 1));

  for (const piece of decodeText(input)) parser.write(piece);
  parser.close();
}

/** True for text of XML white space only. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** Fragments drop the prefixes of attributes, so that two with the same local name would become one name twice. */
function checkAttributes(tag: XmlTag, max: number, refuse: (code: UpdateFailureCode, message: string) => never): void {
  let count = 0;
  let prefixed = false;
  for (const name in tag.attributes) {
    count++;
    const { prefix } = tag.attributes[name] as (typeof tag.attributes)[string];
    if (prefix !== '' && prefix !== 'xmlns') prefixed = true;
  }
  if (count > max) refuse('update.too-many-attributes', `more than ${max} attributes`);
  if (!prefixed) return;
  const locals = new Set<string>();
  for (const { prefix, local } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns') continue;
    if (locals.has(local)) refuse('update.ambiguous-attribute', `two attributes have the local name ${local}`);
    locals.add(local);
  }
}
