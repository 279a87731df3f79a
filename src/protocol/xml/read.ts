import { SaxesParser, type SaxesTagNS } from 'saxes';
import { NAMED_CHARACTERS } from './lexical.ts';
import { plainIntAt, plainIntEnd } from './plain-int.ts';

/** What one document may have at most. */
export interface XmlLimits {
  /** Bytes of a `Uint8Array`, UTF-16 units of a string. */
  readonly size: number;
  readonly depth: number;
  readonly elements: number;
  /** On one element, namespace declarations included. */
  readonly attributes: number;
  /** UTF-16 units of one attribute's value. */
  readonly attributeLength: number;
  /** UTF-16 units of the text between two tags. */
  readonly textLength: number;
}

const MEBI = 1024 * 1024;

/** Enough for requests of agents: the largest carry some 10,000 numbers, or events with some 10,000 GUIDs. */
export const DEFAULT_LIMITS: XmlLimits = {
  size: 8 * MEBI,
  depth: 32,
  elements: 400_000,
  attributes: 64,
  attributeLength: 64 * 1024,
  textLength: 4 * MEBI,
};

/** Receives a document in order. Comments are left out; a CDATA section is text. */
export interface XmlHandler {
  /** `nil`: the element says `xsi:nil`, it stands for no value. */
  open(name: string, namespace: string, nil: boolean): void;
  /** Text between two tags may come in several pieces. */
  text(piece: string): void;
  close(): void;
  /** The same as `open('int')`, `text` and `close`, for an `<int>` without attributes that holds nothing but a 32-bit number. */
  int?(value: number, namespace: string): void;
}

export type XmlFailureCode = 'too-large' | 'not-utf8' | 'not-well-formed' | 'forbidden' | 'refused';

export interface XmlFailure {
  readonly ok: false;
  /** `forbidden`: a DTD or processing instruction; `refused`: the handler's word. */
  readonly code: XmlFailureCode;
  /** At most 200 characters; may quote a name of the document. */
  readonly message: string;
  /** From 1; where the reader stopped. */
  readonly line: number;
  readonly column: number;
}

/** Thrown by a handler to stop the reading: saxes knows no other way out. Never leaves `readXml`. */
export class XmlRefusal extends Error {
  readonly code: XmlFailureCode;

  constructor(message: string, code: XmlFailureCode = 'refused') {
    super(message);
    this.code = code;
  }
}

const MAX_MESSAGE = 200;
const DECLARED_ENCODING = /^\uFEFF?<\?xml[^>]{0,200}\sencoding\s*=\s*["']([^"']{0,40})["']/;
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** The room has no platform types; this one is standard everywhere. */
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string };

/**
 * Reads an XML 1.0 document with namespaces, strictly and within limits, and hands it on as it comes; the first fault ends it. DTDs,
 * processing instructions and undefined entities are refused, so that nothing in a document grows. Never throws for any input; what
 * the handler throws besides `XmlRefusal` is passed on.
 */
export function readXml(
  source: string | Uint8Array,
  handler: XmlHandler,
  limits: XmlLimits = DEFAULT_LIMITS,
): { readonly ok: true } | XmlFailure {
  if (source.length > limits.size) return failure('too-large', `more than ${limits.size} bytes`);
  const text = typeof source === 'string' ? source : decodeUtf8(source);
  if (text === undefined) return failure('not-utf8', 'the bytes are not UTF-8');
  // Wherever it stands: saxes tells of a DTD only at its end, after all the work that it can make.
  if (text.includes('<!DOCTYPE')) return failure('forbidden', 'a document type declaration');
  const encoding = DECLARED_ENCODING.exec(text)?.[1];
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
    return failure('not-utf8', `declared as ${encoding}`);
  const reader = boundedReader(handler, limits);
  try {
    reader.read(text);
    return { ok: true };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return { ...failure(code, (error as Error).message), ...reader.place() };
  }
}

/** What saxes throws of its own are plain errors; a bug of ours is of another class. */
function codeOf(error: unknown): XmlFailureCode | undefined {
  if (error instanceof XmlRefusal) return error.code;
  return error instanceof Error && error.constructor === Error ? 'not-well-formed' : undefined;
}

function failure(code: XmlFailureCode, message: string): XmlFailure {
  return { ok: false, code, message: message.slice(0, MAX_MESSAGE), line: 1, column: 1 };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface Reader {
  read(text: string): void;
  /** Where it stopped. */
  place(): { readonly line: number; readonly column: number };
}

/**
 * No more than six handlers: saxes keeps them under computed names, and at the seventh the engine turns the parser into a dictionary,
 * several times slower. So there is none for errors, which saxes then throws, and none for the declaration.
 */
function boundedReader(handler: XmlHandler, limits: XmlLimits): Reader {
  const parser = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.ENTITIES = NAMED_CHARACTERS;
  let depth = 0;
  let elements = 0;
  let attributes = 0;
  let maybeNil = false;
  /** How many characters of which line the parser was not given. */
  let passedOver = 0;
  let passedLine = 0;

  parser.on('processinginstruction', () => stop('forbidden', 'a processing instruction'));
  parser.on('attribute', ({ local, value }) => {
    attributes += 1;
    maybeNil ||= local === 'nil';
    if (attributes > limits.attributes) stop('too-large', `more than ${limits.attributes} attributes`);
    if (value.length > limits.attributeLength)
      stop('too-large', `an attribute above ${limits.attributeLength} characters`);
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    countElement();
    if (depth > limits.depth) stop('too-large', `more than ${limits.depth} elements deep`);
    handler.open(tag.local, tag.uri, maybeNil && isNil(tag));
    attributes = 0;
    maybeNil = false;
  });
  const onText = (text: string): void => {
    if (text.length > limits.textLength) stop('too-large', `text above ${limits.textLength} characters`);
    if (depth > 0) handler.text(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    depth -= 1;
    handler.close();
  });

  function countElement(): void {
    elements += 1;
    if (elements > limits.elements) stop('too-large', `more than ${limits.elements} elements`);
  }

  /** Takes the numbers of a list from `from` on; returns where something else begins, for the parser. */
  function takeInts(text: string, from: number): number {
    const namespace = parser.resolve('') ?? '';
    let at = from;
    for (let value = plainIntAt(text, at); value >= 0; value = plainIntAt(text, at)) {
      countElement();
      handler.int?.(value, namespace);
      at = plainIntEnd(text, at);
    }
    if (at > from && passedLine !== parser.line) passedOver = 0;
    passedLine = parser.line;
    passedOver += at - from;
    return at;
  }

  return {
    read(text) {
      let at = 0;
      // Behind the `>` of a start tag: anywhere else (in a comment, in an attribute) the parser has to see it.
      for (let tag = handler.int ? nextList(text, 0) : -1; tag >= 0; tag = nextList(text, at)) {
        parser.write(text.slice(at, tag));
        const before = elements;
        parser.write('>');
        at = tag + 1;
        if (elements > before && text[tag - 1] !== '/' && depth < limits.depth) at = takeInts(text, at);
      }
      parser.write(text.slice(at)).close();
    },
    place: () => ({
      line: parser.line,
      column: parser.column + 1 + (parser.line === passedLine ? passedOver : 0),
    }),
  };
}

/** Where something that looks like a start tag ends behind which an `<int>` follows; -1 where nothing does. */
function nextList(text: string, from: number): number {
  let tag = text.indexOf('><int>', from);
  while (tag >= 0 && text.lastIndexOf('<', tag) <= text.lastIndexOf('>', tag - 1))
    tag = text.indexOf('><int>', tag + 1);
  return tag;
}

function stop(code: XmlFailureCode, message: string): never {
  throw new XmlRefusal(message, code);
}

function isNil({ attributes }: SaxesTagNS): boolean {
  return Object.values(attributes).some(
    ({ uri, local, value }) => local === 'nil' && uri === XSI && (value === '1' || value === 'true'),
  );
}
