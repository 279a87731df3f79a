import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { AUTHORIZATION_COOKIE, COOKIE, IDENTITY, LAST_CHANGE, shortText } from '#protocol/wusp/elements.ts';
import { array, type Codec, list, mapped, optional, record, refuse, required } from '#protocol/xml/codec.ts';
import { boolean, int, sha1, text } from '#protocol/xml/scalars.ts';
import { ANCHOR, base64, DIGESTS, IDENTITIES, MAX_FILES, URL_TEXT } from './elements.ts';
import type {
  AuthConfig,
  ConfigData,
  ConfigLanguage,
  UpdateData,
  UpdateFileUrl,
  WsusssOperation,
  WsusssResponseTo,
} from './types.ts';

const MEBI = 1024 * 1024;
/** UTF-16 units of a plain document; the largest real ones have 47 million. */
const MAX_DOCUMENT = 64 * MEBI;
/** Bytes of a cabinet; of the largest real documents a few million. */
const MAX_CABINET = 32 * MEBI;
/** Documents in one answer. Servers allow 100. */
const MAX_DOCUMENTS = 10_000;

const AUTH_CONFIG: Codec<AuthConfig> = record<AuthConfig>({
  lastChange: required('LastChange', LAST_CHANGE),
  authInfo: array(
    'AuthInfo',
    list(
      'AuthPlugInInfo',
      record<AuthConfig['authInfo'][number]>({
        plugInId: required('PlugInID', shortText),
        serviceUrl: required('ServiceUrl', shortText),
        parameter: optional('Parameter', shortText),
      }),
      16,
    ),
  ),
});

const LANGUAGE: Codec<ConfigLanguage> = record<ConfigLanguage>({
  id: required('LanguageID', int),
  shortName: required('ShortLanguage', shortText),
  longName: required('LongLanguage', shortText),
  enabled: required('Enabled', boolean),
});

/** In the order of the WSDL in the specification and of real servers; its section 3.1.4.4.3.1 has the four maxima in another one. */
const CONFIG_DATA: Codec<ConfigData> = record<ConfigData>({
  catalogOnlySync: required('CatalogOnlySync', boolean),
  lazySync: required('LazySync', boolean),
  serverHostsPsfFiles: required('ServerHostsPsfFiles', boolean),
  maxNumberOfComputerIdsInRequest: optional('MaxNumberOfComputerIdsInRequest', int),
  maxNumberOfDriverSetsPerRequest: optional('MaxNumberOfDriverSetsPerRequest', int),
  maxNumberOfPnpHardwareIdsInRequest: optional('MaxNumberOfPnpHardwareIdsInRequest', int),
  maxNumberOfUpdatesPerRequest: required('MaxNumberOfUpdatesPerRequest', int),
  newConfigAnchor: required('NewConfigAnchor', ANCHOR),
  protocolVersion: optional('ProtocolVersion', shortText),
  languages: array('LanguageUpdateList', list('ServerSyncLanguageData', LANGUAGE, 1024)),
  maxUpdatesPerRequestInGetUpdateDecryptionData: optional('MaxUpdatesPerRequestInGetUpdateDecryptionData', int),
});

/** The two forms of a document exclude each other; where both are given, the plain one counts. */
interface WireUpdateData {
  readonly id: UpdateIdentity;
  readonly xml?: string;
  readonly fileDigests: readonly string[];
  readonly cabinet?: Uint8Array;
}

const WIRE_UPDATE_DATA: Codec<WireUpdateData> = record<WireUpdateData>({
  id: required('Id', IDENTITY),
  xml: optional('XmlUpdateBlob', text(MAX_DOCUMENT)),
  fileDigests: array('FileDigestList', DIGESTS),
  cabinet: optional('XmlUpdateBlobCompressed', base64(MAX_CABINET)),
});

const UPDATES: Codec<readonly UpdateData[]> = mapped<readonly WireUpdateData[], readonly UpdateData[]>(
  list('ServerSyncUpdateData', WIRE_UPDATE_DATA, MAX_DOCUMENTS),
  (entries) => entries.flatMap(updateDataOf),
  (updates) => updates.map(onWire),
);

function updateDataOf({ id, xml, fileDigests, cabinet }: WireUpdateData): UpdateData[] {
  if (xml !== undefined) return [{ id, document: { form: 'xml', xml }, fileDigests }];
  return cabinet ? [{ id, document: { form: 'cabinet', cabinet }, fileDigests }] : [];
}

function onWire({ id, document, fileDigests }: UpdateData): WireUpdateData {
  return { id, fileDigests, ...(document.form === 'xml' ? { xml: document.xml } : { cabinet: document.cabinet }) };
}

const FILE_URLS: Codec<readonly UpdateFileUrl[]> = list(
  'ServerSyncUrlData',
  record<UpdateFileUrl>({
    sha1: required('FileDigest', sha1),
    muUrl: optional('MUUrl', URL_TEXT),
    ussUrl: optional('UssUrl', URL_TEXT),
  }),
  MAX_FILES,
);

type Content<O extends WsusssOperation> = Omit<WsusssResponseTo<O>, 'operation'>;

/** The one element that stands around the whole content of a response. */
function inside<T>(name: string, codec: Codec<T>): Codec<T> {
  return mapped<readonly T[], T>(
    list(name, codec, 1),
    ([only]) => only ?? refuse(`${name} is missing`),
    (only) => [only],
  );
}

/** How the element of each response is read and written. */
export const RESPONSE_CODECS: { readonly [O in WsusssOperation]: Codec<Content<O>> } = {
  GetAuthConfig: record<Content<'GetAuthConfig'>>({ config: required('GetAuthConfigResult', AUTH_CONFIG) }),
  GetAuthorizationCookie: record<Content<'GetAuthorizationCookie'>>({
    authorizationCookie: required('GetAuthorizationCookieResult', AUTHORIZATION_COOKIE),
  }),
  GetCookie: record<Content<'GetCookie'>>({ cookie: required('GetCookieResult', COOKIE) }),
  GetConfigData: record<Content<'GetConfigData'>>({ config: required('GetConfigDataResult', CONFIG_DATA) }),
  GetRevisionIdList: inside(
    'GetRevisionIdListResult',
    record<Content<'GetRevisionIdList'>>({
      anchor: required('Anchor', ANCHOR),
      newRevisions: array('NewRevisions', IDENTITIES),
    }),
  ),
  GetUpdateData: inside(
    'GetUpdateDataResult',
    record<Content<'GetUpdateData'>>({ updates: array('updates', UPDATES), fileUrls: array('fileUrls', FILE_URLS) }),
  ),
};
