import { array, type Codec, count, list, mapped, optional, record, refuse, required } from '#protocol/xml/codec.ts';
import { boolean, dateTime, guid, int, lenientDateTime, sha1, unsignedByte } from '#protocol/xml/scalars.ts';
import * as element from './elements.ts';
import { EVENT_BATCH } from './reporting-codecs.ts';
import { type ComputerInfo, INFO_TYPES, type InfoType, type WuspOperation, type WuspRequest } from './types.ts';

const { COOKIE, IDENTITY, MAX_IDS, ints, longText, shortText } = element;

/** Real servers refuse 200. */
const MAX_CATEGORIES = 199;
const MAX_DEVICES = 10_000;

const cookie = required('cookie', COOKIE);
const deviceAttributes = optional('deviceAttributes', longText);
const callerAttributes = optional('callerAttributes', longText);

/** Kinds that this protocol version does not know are left out: the rest can still be answered. */
const infoTypes = required(
  'infoTypes',
  mapped<readonly string[], readonly InfoType[]>(
    list('XmlUpdateFragmentType', shortText, 64),
    (names) => INFO_TYPES.filter((known) => names.includes(known)),
    (names) => names,
  ),
);
const locales = array('locales', list('string', shortText, 256));
const categoryIds = mapped<readonly { readonly id: string }[], readonly string[]>(
  list('CategoryIdentifier', record<{ readonly id: string }>({ id: required('Id', guid) }), MAX_IDS),
  (identifiers) => identifiers.map(({ id }) => id),
  (ids) => ids.map((id) => ({ id })),
);

const COMPUTER_INFO: Codec<ComputerInfo> = record<ComputerInfo>({
  dnsName: required('DnsName', shortText),
  osMajorVersion: required('OSMajorVersion', int),
  osMinorVersion: required('OSMinorVersion', int),
  osBuildNumber: required('OSBuildNumber', int),
  osServicePackMajorNumber: required('OSServicePackMajorNumber', int),
  osServicePackMinorNumber: required('OSServicePackMinorNumber', int),
  osLocale: optional('OSLocale', shortText),
  computerManufacturer: optional('ComputerManufacturer', shortText),
  computerModel: optional('ComputerModel', shortText),
  biosVersion: optional('BiosVersion', shortText),
  biosName: optional('BiosName', shortText),
  biosReleaseDate: optional('BiosReleaseDate', lenientDateTime),
  processorArchitecture: optional('ProcessorArchitecture', shortText),
  suiteMask: required('SuiteMask', int),
  oldProductType: required('OldProductType', unsignedByte),
  newProductType: required('NewProductType', int),
  systemMetrics: required('SystemMetrics', int),
  clientVersionMajorNumber: required('ClientVersionMajorNumber', int),
  clientVersionMinorNumber: required('ClientVersionMinorNumber', int),
  clientVersionBuildNumber: required('ClientVersionBuildNumber', int),
  clientVersionQfeNumber: required('ClientVersionQfeNumber', int),
  osDescription: optional('OSDescription', shortText),
  oem: optional('OEM', shortText),
  deviceType: optional('DeviceType', shortText),
  firmwareVersion: optional('FirmwareVersion', shortText),
  mobileOperator: optional('MobileOperator', shortText),
});

type Parameters = Request<'SyncUpdates'>['parameters'];

const PRODUCTS_PARAMETERS = record<NonNullable<Parameters['productsParameters']>>({
  syncCurrentVersionOnly: optional('SyncCurrentVersionOnly', boolean),
  deviceAttributes: optional('DeviceAttributes', longText),
  callerAttributes: optional('CallerAttributes', longText),
  products: optional('Products', longText),
});

const SYNC_PARAMETERS: Codec<Parameters> = record<Parameters>({
  expressQuery: optional('ExpressQuery', boolean),
  installedNonLeafUpdateIds: optional('InstalledNonLeafUpdateIDs', ints),
  otherCachedUpdateIds: optional('OtherCachedUpdateIDs', ints),
  systemSpecDevices: optional('SystemSpec', count('Device', MAX_DEVICES)),
  cachedDriverIds: optional('CachedDriverIDs', ints),
  skipSoftwareSync: required('SkipSoftwareSync', boolean),
  filterCategoryIds: optional('FilterCategoryIds', categoryIds),
  needTwoGroupOutOfScopeUpdates: optional('NeedTwoGroupOutOfScopeUpdates', boolean),
  alsoPerformRegularSync: optional('AlsoPerformRegularSync', boolean),
  computerSpec: optional(
    'ComputerSpec',
    record<NonNullable<Parameters['computerSpec']>>({ hardwareIds: optional('HardwareIDs', element.guids) }),
  ),
  featureScoreMatchingKey: optional('FeatureScoreMatchingKey', shortText),
  productsParameters: optional('ProductsParameters', PRODUCTS_PARAMETERS),
});

/** The array of the wire, of which the protocol demands exactly one entry. */
const singleAuthorizationCookie = mapped(
  list('AuthorizationCookie', element.AUTHORIZATION_COOKIE, 1),
  ([only]) => only ?? refuse('empty'),
  (only) => [only],
);

/** The request without the operation's name: that is the name of its element. */
type Request<O extends WuspOperation> = Extract<WuspRequest, { readonly operation: O }>;
type Content<O extends WuspOperation> = Omit<Request<O>, 'operation'>;

/** How the element of each request is read and written; fields in the order of the captured requests. */
export const REQUEST_CODECS: { readonly [O in WuspOperation]: Codec<Content<O>> } = {
  GetConfig: record<Content<'GetConfig'>>({ protocolVersion: optional('protocolVersion', shortText) }),
  GetConfig2: record<Content<'GetConfig2'>>({
    clientConfiguration: required(
      'clientConfiguration',
      record<Request<'GetConfig2'>['clientConfiguration']>({ protocolVersion: optional('ProtocolVersion', shortText) }),
    ),
  }),
  GetAuthorizationCookie: record<Content<'GetAuthorizationCookie'>>({
    clientId: required('clientId', element.CLIENT_ID),
    targetGroupName: optional('targetGroupName', shortText),
    dnsName: required('dnsName', shortText),
  }),
  GetCookie: record<Content<'GetCookie'>>({
    authorizationCookie: required('authCookies', singleAuthorizationCookie),
    oldCookie: optional('oldCookie', element.OLD_COOKIE),
    lastChange: required('lastChange', element.LAST_CHANGE),
    currentTime: required('currentTime', dateTime),
    protocolVersion: optional('protocolVersion', shortText),
  }),
  RegisterComputer: record<Content<'RegisterComputer'>>({
    cookie,
    computerInfo: required('computerInfo', COMPUTER_INFO),
  }),
  StartCategoryScan: record<Content<'StartCategoryScan'>>({
    requestedCategories: array(
      'requestedCategories',
      list(
        'CategoryRelationship',
        record<Request<'StartCategoryScan'>['requestedCategories'][number]>({
          indexOfAndGroup: required('IndexOfAndGroup', int),
          categoryId: required('CategoryId', guid),
        }),
        MAX_CATEGORIES,
      ),
    ),
  }),
  SyncUpdates: record<Content<'SyncUpdates'>>({ cookie, parameters: required('parameters', SYNC_PARAMETERS) }),
  SyncPrinterCatalog: record<Content<'SyncPrinterCatalog'>>({
    cookie,
    installedNonLeafUpdateIds: optional('installedNonLeafUpdateIDs', ints),
    printerUpdateIds: optional('printerUpdateIDs', ints),
    deviceAttributes,
  }),
  RefreshCache: record<Content<'RefreshCache'>>({
    cookie,
    globalIds: array('globalIDs', list('UpdateIdentity', IDENTITY, MAX_IDS)),
    deviceAttributes,
  }),
  GetExtendedUpdateInfo: record<Content<'GetExtendedUpdateInfo'>>({
    cookie,
    revisionIds: required('revisionIDs', ints),
    infoTypes,
    locales,
    deviceAttributes,
    geoId: optional('GeoId', shortText),
    callerAttributes,
  }),
  GetExtendedUpdateInfo2: record<Content<'GetExtendedUpdateInfo2'>>({
    cookie,
    updateIds: required('updateIDs', list('UpdateIdentity', IDENTITY, MAX_IDS)),
    infoTypes,
    locales,
    deviceAttributes,
    callerAttributes,
  }),
  GetFileLocations: record<Content<'GetFileLocations'>>({
    cookie,
    fileDigests: required('fileDigests', list('base64Binary', sha1, MAX_IDS)),
  }),
  ReportEventBatch: record<Content<'ReportEventBatch'>>({
    cookie,
    clientTime: required('clientTime', dateTime),
    eventBatch: required('eventBatch', EVENT_BATCH),
  }),
};
