import { escapeAttribute, escapeText } from '#protocol/xml/escape.ts';
import { isBlank, isDeclaration, type XmlTag } from './events.ts';
import { fragmentPrefix, isForeign } from './namespaces.ts';

/** Strings that are gathered before they are joined: joining many small ones at once is far cheaper than adding one by one. */
const GATHERED = 1 << 13;

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
  let parts: string[] = [];
  let gathered = '';
  let startIsOpen = false;

  function finishStart(): void {
    if (startIsOpen) parts.push('>');
    startIsOpen = false;
  }

  function flushText(): void {
    if (gathered === '') return;
    if (!isBlank(gathered)) {
      finishStart();
      parts.push(escapeText(gathered));
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
      parts.push('<', name);
      writeAttributes(parts, tag, declares ? namespace : '', as);
      startIsOpen = true;
      if (parts.length > GATHERED) {
        pieces.push(parts.join(''));
        parts = [];
      }
    },
    text(text) {
      gathered = gathered === '' ? text : gathered + text;
    },
    close() {
      flushText();
      const name = names.pop() as string;
      namespaces.pop();
      if (startIsOpen) parts.push(' />');
      else parts.push('</', name, '>');
      startIsOpen = false;
    },
    take() {
      pieces.push(parts.join(''));
      const written = pieces.join('');
      pieces.length = 0;
      parts = [];
      return written;
    },
  };
}

/** `declared` is the foreign namespace that the element begins, or empty. */
function writeAttributes(parts: string[], tag: XmlTag, declared: string, as: WriteAs | undefined): void {
  const declaration =
    declared === ''
      ? undefined
      : tag.attributes.find(({ prefix, local, value }) => isDeclaration(prefix, local) && value === declared);
  if (declared !== '' && declaration === undefined) parts.push(' xmlns="', escapeAttribute(declared), '"');
  for (const attribute of tag.attributes) {
    const { prefix, local, value } = attribute;
    if (attribute === declaration) parts.push(' xmlns="', escapeAttribute(value), '"');
    else if (!isDeclaration(prefix, local) && (as === undefined || as.keeps(local, value))) {
      parts.push(' ', local, '="', escapeAttribute(value), '"');
    }
  }
}
