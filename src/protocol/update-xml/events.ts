import { SaxesParser } from 'saxes';
import { NAMED_CHARACTERS } from '#protocol/xml/lexical.ts';
import { decodeText } from './decode.ts';
import { type Place, type UpdateFailureCode, UpdateRefusal } from './failure.ts';
import type { ReadLimits } from './limits.ts';

/** A start tag; its namespace is resolved. */
export interface XmlTag {
  readonly local: string;
  /** Namespace, empty for none. */
  readonly uri: string;
  /** In document order, declarations of namespaces among them. */
  readonly attributes: readonly XmlAttribute[];
}

/** An attribute: its prefix is empty, `xmlns` or another one that is bound. The declaration `xmlns` has the local name `xmlns`. */
interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
}

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
  parser.ENTITIES = NAMED_CHARACTERS;

  const names: string[] = [];
  const place = (): Place => ({ line: parser.line, column: parser.column, path: names.join('/') });
  const refuse = (code: UpdateFailureCode, message: string): never => {
    throw new UpdateRefusal(code, message, place());
  };
  if (input.length > limits.maxLength) refuse('update.too-large', `longer than ${limits.maxLength}`);

  const sink = createSink({ place });
  // No more than six handlers: they are stored by computed names, and at the seventh the engine turns the parser into a dictionary,
  // ten times slower. So there is none for errors, which the parser then throws.
  parser.on('doctype', () => refuse('update.dtd', 'a document type declaration is not allowed'));
  // The parser's own table of attributes is slow to go through.
  let attributes: XmlAttribute[] = [];
  let isPrefixed = false;
  parser.on('attribute', (attribute) => {
    if (attributes.push(attribute) > limits.maxAttributes) {
      refuse('update.too-many-attributes', `more than ${limits.maxAttributes} attributes`);
    }
    if (attribute.prefix !== '' && attribute.prefix !== 'xmlns') isPrefixed = true;
  });
  parser.on('opentag', ({ local, uri }) => {
    const depth = names.push(local) - 1;
    if (depth >= limits.maxDepth) refuse('update.too-deep', `more than ${limits.maxDepth} elements are open`);
    const twice = isPrefixed ? localNameTwice(attributes) : undefined;
    if (twice !== undefined) refuse('update.ambiguous-attribute', `two attributes have the local name ${twice}`);
    sink.open({ local, uri, attributes }, depth);
    attributes = [];
    isPrefixed = false;
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

  try {
    for (const piece of decodeText(input)) parser.write(piece);
    parser.close();
  } catch (error) {
    // The parser's own errors are plain ones; bugs and refusals are of other classes.
    if (error instanceof Error && error.constructor === Error) refuse('update.not-xml', error.message);
    throw error;
  }
}

/** True for `xmlns="…"` and `xmlns:…="…"`. */
export function isDeclaration(prefix: string, local: string): boolean {
  return prefix === 'xmlns' || (prefix === '' && local === 'xmlns');
}

/** True for text of XML white space only. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** Fragments drop the prefixes of attributes, so that two with the same local name would become one name twice. */
function localNameTwice(attributes: readonly XmlAttribute[]): string | undefined {
  const locals = new Set<string>();
  for (const { prefix, local } of attributes) {
    if (prefix === 'xmlns') continue;
    if (locals.has(local)) return local;
    locals.add(local);
  }
  return undefined;
}
