import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { type Codec, list, optional, record, required } from '#protocol/xml/codec.ts';
import { dateTime, guid, int, opaque, pattern, text } from '#protocol/xml/scalars.ts';
import type { AuthorizationCookie, Cookie, GetCookieRequest } from './types.ts';

// Structures that requests and responses have in common, in the order of the WSDL.

/** A name, a version, a model: more than any field of WSUS's own tables holds. */
const SHORT = 1024;
/** Device attributes and the like. */
const LONG = 32 * 1024;
/** Sealed bytes in base64; those of a real WSUS have some 500. */
const MAX_COOKIE = 8 * 1024;
/** Entries of one array of ids. */
export const MAX_IDS = 100_000;

export const shortText = text(SHORT);
export const longText = text(LONG);
export const ints = list('int', int, MAX_IDS);
export const guids = list('guid', guid, MAX_IDS);

/** Kept as text: a client sends back what it read, and it is compared exactly. */
export const LAST_CHANGE = pattern('a date and time', 64, /^[0-9TZ:.+-]{1,64}$/);

export const CLIENT_ID = pattern('1 to 255 of a-z, A-Z, 0-9 and -', 300, /^[a-zA-Z0-9-]{1,255}$/);

export const COOKIE: Codec<Cookie> = record<Cookie>({
  expiration: required('Expiration', dateTime),
  encryptedData: required('EncryptedData', opaque(MAX_COOKIE)),
});

export const OLD_COOKIE = record<NonNullable<GetCookieRequest['oldCookie']>>({
  expiration: required('Expiration', dateTime),
  encryptedData: optional('EncryptedData', opaque(MAX_COOKIE)),
});

export const AUTHORIZATION_COOKIE: Codec<AuthorizationCookie> = record<AuthorizationCookie>({
  plugInId: required('PlugInId', shortText),
  cookieData: required('CookieData', opaque(MAX_COOKIE)),
});

export const IDENTITY: Codec<UpdateIdentity> = record<UpdateIdentity>({
  updateId: required('UpdateID', guid),
  revisionNumber: required('RevisionNumber', int),
});
