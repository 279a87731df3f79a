import { escapeText } from './escape.ts';

/** Collects a document piece by piece. Elements without content become `<Name/>`. */
export interface Sink {
  /** `name` with its attributes, as it stands between the angle brackets. */
  open(name: string): void;
  /** Escapes. */
  text(text: string): void;
  /** Leaves a hole in the text, for something that is put there later. */
  hole(reference: object): void;
  close(name: string): void;
  /** The document in order: text, and the references of its holes between the texts. */
  pieces(): (string | object)[];
}

export function createSink(): Sink {
  const finished: (string | object)[] = [];
  let current = '';
  let tagIsOpen = false;

  function content(text: string): void {
    current += tagIsOpen ? `>${text}` : text;
    tagIsOpen = false;
  }

  return {
    open(name) {
      content(`<${name}`);
      tagIsOpen = true;
    },
    text(text) {
      if (text !== '') content(escapeText(text));
    },
    hole(reference) {
      content('');
      if (current !== '') finished.push(current);
      finished.push(reference);
      current = '';
    },
    close(name) {
      current += tagIsOpen ? '/>' : `</${name}>`;
      tagIsOpen = false;
    },
    pieces() {
      return current === '' ? finished : [...finished, current];
    },
  };
}
