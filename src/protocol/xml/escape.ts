// The negated class is what XML 1.0 has no place for, not even as a reference: most controls, lone surrogates, two non-characters.
const IN_TEXT = /[&<>\r]|[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const IN_ATTRIBUTE = /[&<>"\t\n\r]|[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#x9;'],
  ['\n', '&#xA;'],
  ['\r', '&#xD;'],
]);

/** Text as the content of an element. Characters that are illegal in XML 1.0 are dropped; a carriage return survives reading. */
export function escapeText(text: string): string {
  return text.replace(IN_TEXT, reference);
}

/** Text as an attribute's value in double quotes. Illegal characters are dropped; white space survives the reader's normalisation. */
export function escapeAttribute(text: string): string {
  return text.replace(IN_ATTRIBUTE, reference);
}

function reference(character: string): string {
  return REFERENCES.get(character) ?? '';
}
