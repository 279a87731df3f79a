import { isBlank, type XmlTag } from './events.ts';
import { fragmentPrefix, isForeign } from './namespaces.ts';

/** Characters gathered before they are put aside: large enough to be few, small enough to be flattened cheaply. */
const PIECE = 1 << 16;

/** Another look for one element than its own. */
export interface WriteAs {
  readonly name: string;
  readonly keeps: (attribute: string, value: string) => boolean;
}

/** Writes elements in the form of metadata fragments: names without namespaces, white space between elements dropped. */
export interface FragmentWriter {
  open(tag: XmlTag, as?: WriteAs): void;
  text(text: string): void;
  close(): void;
  /** What was written since the last call. */
  take(): string;
}

/**
 * A writer for one document. Attributes keep their order and lose their prefix; `xmlns` goes, except where an element of a foreign
 * schema (see `isForeign`) begins: there it stands where the document declares it, or first. Text is kept as it is unless it is
 * white space only, and escaped anew.
 */
export function createFragmentWriter(): FragmentWriter {
  const pieces: string[] = [];
  const names: string[] = [];
  const namespaces: string[] = [];
  let out = '';
  let gathered = '';
  let startIsOpen = false;

  function finishStart(): void {
    if (startIsOpen) out += '>';
    startIsOpen = false;
  }

  function flushText(): void {
    if (gathered === '') return;
    if (!isBlank(gathered)) {
      finishStart();
      out += escapeText(gathered);
    }
    gathered = '';
  }

  return {
    open(tag, as) {
      flushText();
      finishStart();
      const name = as?.name ?? fragmentPrefix(tag.uri) + tag.local;
      const namespace = isForeign(tag.uri) ? tag.uri : '';
      const declares = namespace !== '' && namespace !== namespaces.at(-1);
      names.push(name);
      namespaces.push(namespace);
      out += `<${name}${attributesOf(tag, declares ? namespace : '', as)}`;
      startIsOpen = true;
      if (out.length > PIECE) {
        pieces.push(out);
        out = '';
      }
    },
    text(text) {
      gathered = gathered === '' ? text : gathered + text;
    },
    close() {
      flushText();
      const name = names.pop() as string;
      namespaces.pop();
      out += startIsOpen ? ' />' : `</${name}>`;
      startIsOpen = false;
    },
    take() {
      const written = pieces.length === 0 ? out : pieces.join('') + out;
      pieces.length = 0;
      out = '';
      return written;
    },
  };
}

function attributesOf(tag: XmlTag, declared: string, as: WriteAs | undefined): string {
  let written = '';
  let isDeclared = declared === '';
  for (const key in tag.attributes) {
    const { name, prefix, local, value } = tag.attributes[key] as XmlTag['attributes'][string];
    if (prefix === 'xmlns' || name === 'xmlns') {
      if (isDeclared || value !== declared) continue;
      isDeclared = true;
      written += ` xmlns="${escapeAttribute(value)}"`;
    } else if (as === undefined || as.keeps(local, value)) {
      written += ` ${local}="${escapeAttribute(value)}"`;
    }
  }
  return isDeclared ? written : ` xmlns="${escapeAttribute(declared)}"${written}`;
}

const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = {
  ...TEXT_ESCAPES,
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
};

function escapeText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (character) => TEXT_ESCAPES[character] as string) : text;
}

/** Text for between double quotes. Line breaks that came as character references would otherwise be read back as spaces. */
export function escapeAttribute(text: string): string {
  if (!/[&<>"\t\n\r]/.test(text)) return text;
  return text.replace(/[&<>"\t\n\r]/g, (character) => ATTRIBUTE_ESCAPES[character] as string);
}
