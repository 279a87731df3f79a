import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { array, type Codec, list, mapped, optional, record, required } from '#protocol/xml/codec.ts';
import { boolean, dateTime, int, oneOf, sha1, text } from '#protocol/xml/scalars.ts';
import type { Sink } from '#protocol/xml/sink.ts';
import {
  AUTHORIZATION_COOKIE,
  COOKIE,
  guids,
  IDENTITY,
  ints,
  LAST_CHANGE,
  longText,
  MAX_IDS,
  shortText,
} from './elements.ts';
import {
  type ChangedUpdate,
  type Config,
  DEPLOYMENT_ACTIONS,
  type ExtendedUpdateInfo,
  type ExtendedUpdateInfo2,
  type FileLocation,
  type FragmentRef,
  type NewUpdate,
  type RefreshCacheResult,
  type ResponseTo,
  type SyncInfo,
  type WireDeployment,
  type WuspOperation,
} from './types.ts';

/** A fragment may have 47 MB. */
const MAX_FRAGMENT = 64 * 1024 * 1024;

const fragmentText = text(MAX_FRAGMENT);

/** Read as the fragment's text; written as that, or as a hole for the stored one. */
const FRAGMENT: Codec<string, FragmentRef | string> = {
  begin: fragmentText.begin,
  write(xml, sink) {
    if (typeof xml === 'string') fragmentText.write(xml, sink);
    else sink.hole(xml);
  },
};

const CONFIG: Codec<Config> = record<Config>({
  lastChange: required('LastChange', LAST_CHANGE),
  isRegistrationRequired: required('IsRegistrationRequired', boolean),
  authInfo: array(
    'AuthInfo',
    list(
      'AuthPlugInInfo',
      record<Config['authInfo'][number]>({
        plugInId: required('PlugInID', shortText),
        serviceUrl: required('ServiceUrl', shortText),
        parameter: required('Parameter', shortText),
      }),
      16,
    ),
  ),
  allowedEventIds: array('AllowedEventIds', ints),
  properties: array(
    'Properties',
    list(
      'ConfigurationProperty',
      record<Config['properties'][number]>({ name: required('Name', shortText), value: required('Value', longText) }),
      256,
    ),
  ),
});

const ZERO = '0';
type OnWire = WireDeployment & {
  readonly autoSelect?: string;
  readonly autoDownload?: string;
  readonly supersedenceBehavior?: string;
};

const DEPLOYMENT: Codec<WireDeployment> = mapped<OnWire, WireDeployment>(
  record<OnWire>({
    id: required('ID', int),
    action: required('Action', oneOf(DEPLOYMENT_ACTIONS)),
    deadline: optional('Deadline', dateTime),
    isAssigned: required('IsAssigned', boolean),
    lastChangeTime: required('LastChangeTime', shortText),
    downloadPriority: optional('DownloadPriority', shortText),
    autoSelect: optional('AutoSelect', shortText),
    autoDownload: optional('AutoDownload', shortText),
    supersedenceBehavior: optional('SupersedenceBehavior', shortText),
  }),
  ({ autoSelect, autoDownload, supersedenceBehavior, ...deployment }) => deployment,
  (deployment) => ({ ...deployment, autoSelect: ZERO, autoDownload: ZERO, supersedenceBehavior: ZERO }),
);

const CHANGED_UPDATE: Codec<ChangedUpdate> = record<ChangedUpdate>({
  id: required('ID', int),
  deployment: required('Deployment', DEPLOYMENT),
  isLeaf: required('IsLeaf', boolean),
});

const NEW_UPDATE = record<NewUpdate<string>, NewUpdate>({
  id: required('ID', int),
  deployment: required('Deployment', DEPLOYMENT),
  isLeaf: required('IsLeaf', boolean),
  xml: required('Xml', FRAGMENT),
});

const UPDATE_INFOS = list('UpdateInfo', NEW_UPDATE, MAX_IDS);

/** One whose fragment is stored leaves a hole for its whole element: it is the same in many answers, and encoded once. */
const NEW_UPDATES: typeof UPDATE_INFOS = {
  begin: UPDATE_INFOS.begin,
  write(updates, sink) {
    for (const update of updates) {
      if (typeof update.xml === 'string') UPDATE_INFOS.write([update], sink);
      else sink.hole(update);
    }
  },
};

/** Writes the element of a new update, with a hole for its fragment. */
export function writeUpdateInfo(update: NewUpdate, sink: Sink): void {
  UPDATE_INFOS.write([update], sink);
}

const SYNC_INFO = record<SyncInfo<string>, SyncInfo>({
  newUpdates: array('NewUpdates', NEW_UPDATES),
  outOfScopeRevisionIds: array('OutOfScopeRevisionIDs', ints),
  changedUpdates: array('ChangedUpdates', list('UpdateInfo', CHANGED_UPDATE, MAX_IDS)),
  truncated: required('Truncated', boolean),
  newCookie: required('NewCookie', COOKIE),
  deployedOutOfScopeRevisionIds: array('DeployedOutOfScopeRevisionIds', ints),
  driverSyncNotNeeded: optional('DriverSyncNotNeeded', boolean),
});

const REFRESH_RESULT: Codec<RefreshCacheResult> = record<RefreshCacheResult>({
  revisionId: required('RevisionID', int),
  globalId: required<UpdateIdentity>('GlobalID', IDENTITY),
  isLeaf: required('IsLeaf', boolean),
  deployment: required('Deployment', DEPLOYMENT),
});

type Fragment<Xml> = ExtendedUpdateInfo2<Xml>['updates'][number];

const updates = array(
  'Updates',
  list(
    'Update',
    record<Fragment<string>, Fragment<FragmentRef | string>>({
      id: required('ID', int),
      xml: required('Xml', FRAGMENT),
    }),
    MAX_IDS,
  ),
);
const fileLocations = array(
  'FileLocations',
  list(
    'FileLocation',
    record<FileLocation>({ sha1: required('FileDigest', sha1), url: required('Url', longText) }),
    MAX_IDS,
  ),
);

type Content<O extends WuspOperation, Xml = FragmentRef | string> = Omit<ResponseTo<O, Xml>, 'operation'>;

const FILE_LOCATIONS = record<Content<'GetFileLocations'>>({ fileLocations, newCookie: optional('NewCookie', COOKIE) });

/** How the element of each response is read and written, in the order of the WSDL. */
export const RESPONSE_CODECS: { readonly [O in WuspOperation]: Codec<Content<O, string>, Content<O>> } = {
  GetConfig: record<Content<'GetConfig'>>({ config: required('GetConfigResult', CONFIG) }),
  GetConfig2: record<Content<'GetConfig2'>>({ config: required('GetConfig2Result', CONFIG) }),
  GetAuthorizationCookie: record<Content<'GetAuthorizationCookie'>>({
    authorizationCookie: required('GetAuthorizationCookieResult', AUTHORIZATION_COOKIE),
  }),
  GetCookie: record<Content<'GetCookie'>>({ cookie: required('GetCookieResult', COOKIE) }),
  RegisterComputer: record<Content<'RegisterComputer'>>({}),
  StartCategoryScan: record<Content<'StartCategoryScan'>>({
    preferredCategoryIds: array('preferredCategoryIds', guids),
    requestedCategoryIdsInError: array('requestedCategoryIdsInError', guids),
  }),
  SyncUpdates: record<Content<'SyncUpdates', string>, Content<'SyncUpdates'>>({
    syncInfo: required('SyncUpdatesResult', SYNC_INFO),
  }),
  SyncPrinterCatalog: record<Content<'SyncPrinterCatalog', string>, Content<'SyncPrinterCatalog'>>({
    syncInfo: required('SyncPrinterCatalogResult', SYNC_INFO),
  }),
  RefreshCache: record<Content<'RefreshCache'>>({
    results: required('RefreshCacheResult', list('RefreshCacheResult', REFRESH_RESULT, MAX_IDS)),
  }),
  GetExtendedUpdateInfo: record<Content<'GetExtendedUpdateInfo', string>, Content<'GetExtendedUpdateInfo'>>({
    extendedUpdateInfo: required(
      'GetExtendedUpdateInfoResult',
      record<ExtendedUpdateInfo<string>, ExtendedUpdateInfo>({
        updates,
        fileLocations,
        outOfScopeRevisionIds: array('OutOfScopeRevisionIDs', ints),
      }),
    ),
  }),
  GetExtendedUpdateInfo2: record<Content<'GetExtendedUpdateInfo2', string>, Content<'GetExtendedUpdateInfo2'>>({
    extendedUpdateInfo: required(
      'GetExtendedUpdateInfo2Result',
      record<ExtendedUpdateInfo2<string>, ExtendedUpdateInfo2>({ updates, fileLocations }),
    ),
  }),
  GetFileLocations: mapped<{ readonly result: Content<'GetFileLocations'> }, Content<'GetFileLocations'>>(
    record<{ readonly result: Content<'GetFileLocations'> }>({
      result: required('GetFileLocationsResult', FILE_LOCATIONS),
    }),
    ({ result }) => result,
    (result) => ({ result }),
  ),
  ReportEventBatch: record<Content<'ReportEventBatch'>>({ accepted: required('ReportEventBatchResult', boolean) }),
};
