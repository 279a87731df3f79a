import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { instantFrom, isGuid } from '#protocol/xml/lexical.ts';
import { attribute, refusal, requiredAttribute, type XmlElement } from './element.ts';

/** A GUID of an attribute, in lower case. */
export function guidAttribute(element: XmlElement, name: string): string {
  const guid = requiredAttribute(element, name).toLowerCase();
  if (!isGuid(guid)) throw refusal(element, 'update.bad-guid', `${name} is not a GUID`);
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

/** An xs:dateTime as an instant. */
export function instantAttribute(element: XmlElement, name: string): Temporal.Instant {
  const instant = instantFrom(requiredAttribute(element, name));
  if (instant === undefined) throw refusal(element, 'update.bad-time', `${name} is not a date and time`);
  return instant;
}

/** `UpdateIdentity` with its revision number, as at the top of a document and in bundles. */
export function identityOf(element: XmlElement): UpdateIdentity {
  return { updateId: guidAttribute(element, 'UpdateID'), revisionNumber: int32Attribute(element, 'RevisionNumber') };
}

/** 20 and 32 bytes in base64. */
const DIGESTS = { SHA1: /^[A-Za-z0-9+/]{27}=$/, SHA256: /^[A-Za-z0-9+/]{43}=$/ } as const;

/** A base64 digest as lower-case hex. */
export function digestOf(element: XmlElement, algorithm: keyof typeof DIGESTS, text: string): string {
  if (!DIGESTS[algorithm].test(text)) {
    throw refusal(element, 'update.bad-digest', `not a ${algorithm} digest in base64`);
  }
  return Uint8Array.fromBase64(text).toHex();
}
