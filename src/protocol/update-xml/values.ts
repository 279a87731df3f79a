import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { attribute, refusal, requiredAttribute, type XmlElement } from './element.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A GUID of an attribute, in lower case. */
export function guidAttribute(element: XmlElement, name: string): string {
  const guid = requiredAttribute(element, name).toLowerCase();
  if (!GUID.test(guid)) throw refusal(element, 'update.bad-guid', `${name} is not a GUID`);
  return guid;
}

/** An int32 of an attribute. */
export function int32Attribute(element: XmlElement, name: string): number {
  const text = requiredAttribute(element, name);
  const value = Number(text);
  if (!/^-?[0-9]{1,10}$/.test(text) || (value | 0) !== value) {
    throw refusal(element, 'update.bad-number', `${name} is not a 32-bit integer`);
  }
  return value;
}

/** A size in bytes. */
export function sizeAttribute(element: XmlElement, name: string): number {
  const text = requiredAttribute(element, name);
  const value = Number(text);
  if (!/^[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(value)) {
    throw refusal(element, 'update.bad-number', `${name} is not a size in bytes`);
  }
  return value;
}

/** An xs:boolean; false where the attribute is absent. */
export function booleanAttribute(element: XmlElement, name: string): boolean {
  const text = attribute(element, name) ?? 'false';
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw refusal(element, 'update.bad-value', `${name} is neither true nor false`);
}

/** One of some words, or undefined where the attribute is absent. */
export function choiceAttribute<T extends string>(
  element: XmlElement | undefined,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = element && attribute(element, name);
  if (element === undefined || text === undefined) return undefined;
  const choice = choices.find((word) => word === text);
  if (choice === undefined) throw refusal(element, 'update.bad-value', `${name} is none of ${choices.join(', ')}`);
  return choice;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** An xs:dateTime as an instant; without a zone it is UTC, as everywhere in the protocol. */
export function instantAttribute(element: XmlElement, name: string): Temporal.Instant {
  const text = requiredAttribute(element, name);
  const match = TIME.exec(text);
  try {
    if (match !== null) return Temporal.Instant.from(match[2] === undefined ? `${text}Z` : text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw refusal(element, 'update.bad-time', `${name} is not a date and time`);
}

/** `UpdateIdentity` with its revision number, as at the top of a document and in bundles. */
export function identityOf(element: XmlElement): UpdateIdentity {
  return { updateId: guidAttribute(element, 'UpdateID'), revisionNumber: int32Attribute(element, 'RevisionNumber') };
}

const DIGEST_BYTES = { SHA1: 20, SHA256: 32 } as const;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A base64 digest as lower-case hex. */
export function digestOf(element: XmlElement, algorithm: keyof typeof DIGEST_BYTES, text: string): string {
  const hex = base64ToHex(text);
  if (hex?.length !== 2 * DIGEST_BYTES[algorithm]) {
    throw refusal(element, 'update.bad-digest', `not a ${algorithm} digest in base64`);
  }
  return hex;
}

function base64ToHex(text: string): string | undefined {
  if (text.length > 64 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  let hex = '';
  let bits = 0;
  let count = 0;
  for (const character of text.replace(/=+$/, '')) {
    bits = ((bits << 6) | BASE64.indexOf(character)) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    hex += ((bits >> count) & 0xff).toString(16).padStart(2, '0');
  }
  return hex;
}
