import { AUTHORIZATION_COOKIE, COOKIE, MAX_IDS, shortText } from '#protocol/wusp/elements.ts';
import { array, type Codec, list, mapped, optional, record, refuse, required } from '#protocol/xml/codec.ts';
import { boolean, guid, int } from '#protocol/xml/scalars.ts';
import { ANCHOR, IDENTITIES, PROTOCOL_VERSION } from './elements.ts';
import type { IdAndDelta, LanguageAndDelta, RevisionFilter, WsusssOperation, WsusssRequest } from './types.ts';

const cookie = required('cookie', COOKIE);

/** The array of the wire, of which the protocol demands exactly one entry. */
const singleAuthorizationCookie = mapped(
  list('AuthorizationCookie', AUTHORIZATION_COOKIE, 1),
  ([only]) => only ?? refuse('empty'),
  (only) => [only],
);

const idsAndDeltas = list(
  'IdAndDelta',
  record<IdAndDelta>({ id: required('Id', guid), delta: required('Delta', boolean) }),
  MAX_IDS,
);

const languagesAndDeltas = list(
  'LanguageAndDelta',
  record<LanguageAndDelta>({ id: required('Id', int), delta: required('Delta', boolean) }),
  1024,
);

const FILTER: Codec<RevisionFilter> = record<RevisionFilter>({
  anchor: optional('Anchor', ANCHOR),
  getConfig: required('GetConfig', boolean),
  get63LanguageOnly: required('Get63LanguageOnly', boolean),
  categories: array('Categories', idsAndDeltas),
  classifications: array('Classifications', idsAndDeltas),
  languages: array('Languages', languagesAndDeltas),
});

/** The request without the operation's name: that is the name of its element. */
type Content<O extends WsusssOperation> = Omit<Extract<WsusssRequest, { readonly operation: O }>, 'operation'>;

/** How the element of each request is read and written, in the order of the WSDL. */
export const REQUEST_CODECS: { readonly [O in WsusssOperation]: Codec<Content<O>> } = {
  GetAuthConfig: record<Content<'GetAuthConfig'>>({}),
  GetAuthorizationCookie: record<Content<'GetAuthorizationCookie'>>({
    accountName: required('accountName', shortText),
    accountGuid: required('accountGuid', guid),
    programKeys: array('programKeys', list('guid', guid, 1024)),
  }),
  GetCookie: record<Content<'GetCookie'>>({
    authorizationCookie: required('authCookies', singleAuthorizationCookie),
    oldCookie: optional('oldCookie', COOKIE),
    protocolVersion: required('protocolVersion', PROTOCOL_VERSION),
  }),
  GetConfigData: record<Content<'GetConfigData'>>({ cookie, configAnchor: optional('configAnchor', ANCHOR) }),
  GetRevisionIdList: record<Content<'GetRevisionIdList'>>({ cookie, filter: required('filter', FILTER) }),
  GetUpdateData: record<Content<'GetUpdateData'>>({ cookie, updateIds: required('updateIds', IDENTITIES) }),
};
