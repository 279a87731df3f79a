import { escapeAttribute, escapeText } from '#protocol/xml/escape.ts';

export type AttributeValue = string | number | boolean | undefined;

/** One element as text. Attributes that are undefined are left out; `content` is finished XML. */
export function element(
  name: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  content: string | readonly string[] = '',
): string {
  const start = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escapeAttribute(String(value))}"`)
    .join('');
  const body = typeof content === 'string' ? content : content.join('');
  return body === '' ? `<${name}${start} />` : `<${name}${start}>${body}</${name}>`;
}

/** An element that holds text only; nothing when there is no text. */
export function textElement(name: string, text: string | undefined): string {
  return text === undefined ? '' : element(name, {}, escapeText(text));
}
