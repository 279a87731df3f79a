import fc, { type Arbitrary } from 'fast-check';
import { DEPLOYMENT_ACTIONS, INFO_TYPES, type WuspRequest, type WuspResponse } from '../types.ts';

// Values of every request and response, as random as the wire allows.

/** Text of characters that XML 1.0 has a place for. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((raw) => raw.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));
const guid = fc.uuid();
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const ids = fc.array(int, { maxLength: 30 });
const opaque = fc.base64String({ maxLength: 80 });
const sha1 = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytes.toHex());
const clientId = fc.stringMatching(/^[a-zA-Z0-9-]{1,255}$/);
/** 100 ns is all that .NET keeps. */
const instant = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 17n }).map((ticks) => new Temporal.Instant(ticks * 100n));
const stamp = instant.map((at) => at.toString());
const identity = fc.record({
  updateId: guid.filter((id) => id !== '00000000-0000-0000-0000-000000000000'),
  revisionNumber: int,
});
const cookie = fc.record({ expiration: instant, encryptedData: opaque });
const authorizationCookie = fc.record({ plugInId: text, cookieData: opaque });
const infoTypes = fc.subarray([...INFO_TYPES]);

function optionals<T>(
  needed: { [K in keyof T as object extends Pick<T, K> ? never : K]: Arbitrary<T[K]> },
  rest: { [K in keyof T as object extends Pick<T, K> ? K : never]-?: Arbitrary<Exclude<T[K], undefined>> },
): Arbitrary<T> {
  const model = { ...needed, ...rest } as Record<string, Arbitrary<unknown>>;
  return fc.record(model, { requiredKeys: Object.keys(needed) }) as Arbitrary<T>;
}

type Request<O extends WuspRequest['operation']> = Extract<WuspRequest, { readonly operation: O }>;
type Parameters = Request<'SyncUpdates'>['parameters'];
type Info = Request<'RegisterComputer'>['computerInfo'];
type Event = Request<'ReportEventBatch'>['eventBatch'][number];

const parameters = optionals<Parameters>(
  { skipSoftwareSync: fc.boolean() },
  {
    expressQuery: fc.boolean(),
    installedNonLeafUpdateIds: ids,
    otherCachedUpdateIds: ids,
    systemSpecDevices: fc.nat(5),
    cachedDriverIds: ids,
    filterCategoryIds: fc.array(guid, { maxLength: 3 }),
    needTwoGroupOutOfScopeUpdates: fc.boolean(),
    alsoPerformRegularSync: fc.boolean(),
    computerSpec: optionals<NonNullable<Parameters['computerSpec']>>(
      {},
      { hardwareIds: fc.array(guid, { maxLength: 3 }) },
    ),
    featureScoreMatchingKey: text,
    productsParameters: optionals<NonNullable<Parameters['productsParameters']>>(
      {},
      { syncCurrentVersionOnly: fc.boolean(), deviceAttributes: text, callerAttributes: text, products: text },
    ),
  },
);

const computerInfo = optionals<Info>(
  {
    dnsName: text,
    osMajorVersion: int,
    osMinorVersion: int,
    osBuildNumber: int,
    osServicePackMajorNumber: int,
    osServicePackMinorNumber: int,
    suiteMask: int,
    oldProductType: fc.nat(255),
    newProductType: int,
    systemMetrics: int,
    clientVersionMajorNumber: int,
    clientVersionMinorNumber: int,
    clientVersionBuildNumber: int,
    clientVersionQfeNumber: int,
  },
  {
    osLocale: text,
    computerManufacturer: text,
    computerModel: text,
    biosVersion: text,
    biosName: text,
    biosReleaseDate: instant,
    processorArchitecture: text,
    osDescription: text,
    oem: text,
    deviceType: text,
    firmwareVersion: text,
    mobileOperator: text,
  },
);

const strings = fc.array(text, { maxLength: 4 });
const event = optionals<Event>(
  {
    basicData: optionals<Event['basicData']>(
      {
        sid: clientId,
        sequenceNumber: int,
        timeAtTarget: instant,
        eventInstanceId: guid,
        namespaceId: int,
        eventId: int,
        sourceId: int,
        win32HResult: int,
      },
      { update: identity, appName: text },
    ),
  },
  {
    extendedData: optionals<NonNullable<Event['extendedData']>>(
      {},
      {
        replacementStrings: strings,
        miscData: strings,
        computerBrand: text,
        computerModel: text,
        biosRevision: text,
        processorArchitecture: text,
        osVersion: fc.record({
          major: int,
          minor: int,
          build: int,
          revision: int,
          servicePackMajor: int,
          servicePackMinor: int,
        }),
        osLocaleId: int,
        deviceId: text,
      },
    ),
    privateData: optionals<NonNullable<Event['privateData']>>({}, { computerDnsName: text, userAccountName: text }),
  },
);

/** A request of any operation. */
export const anyRequest: Arbitrary<WuspRequest> = fc.oneof(
  optionals<Request<'GetConfig'>>({ operation: fc.constant('GetConfig') }, { protocolVersion: text }),
  fc.record({
    operation: fc.constant('GetConfig2' as const),
    clientConfiguration: optionals<Request<'GetConfig2'>['clientConfiguration']>({}, { protocolVersion: text }),
  }),
  optionals<Request<'GetAuthorizationCookie'>>(
    { operation: fc.constant('GetAuthorizationCookie'), clientId, dnsName: text },
    { targetGroupName: text },
  ),
  optionals<Request<'GetCookie'>>(
    { operation: fc.constant('GetCookie'), authorizationCookie, lastChange: stamp, currentTime: instant },
    {
      oldCookie: optionals<NonNullable<Request<'GetCookie'>['oldCookie']>>(
        { expiration: instant },
        { encryptedData: opaque },
      ),
      protocolVersion: text,
    },
  ),
  fc.record({ operation: fc.constant('RegisterComputer' as const), cookie, computerInfo }),
  fc.record({
    operation: fc.constant('StartCategoryScan' as const),
    requestedCategories: fc.array(fc.record({ indexOfAndGroup: int, categoryId: guid }), { maxLength: 5 }),
  }),
  fc.record({ operation: fc.constant('SyncUpdates' as const), cookie, parameters }),
  optionals<Request<'SyncPrinterCatalog'>>(
    { operation: fc.constant('SyncPrinterCatalog'), cookie },
    { installedNonLeafUpdateIds: ids, printerUpdateIds: ids, deviceAttributes: text },
  ),
  optionals<Request<'RefreshCache'>>(
    { operation: fc.constant('RefreshCache'), cookie, globalIds: fc.array(identity, { maxLength: 5 }) },
    { deviceAttributes: text },
  ),
  optionals<Request<'GetExtendedUpdateInfo'>>(
    { operation: fc.constant('GetExtendedUpdateInfo'), cookie, revisionIds: ids, infoTypes, locales: strings },
    { deviceAttributes: text, geoId: text, callerAttributes: text },
  ),
  optionals<Request<'GetExtendedUpdateInfo2'>>(
    {
      operation: fc.constant('GetExtendedUpdateInfo2'),
      cookie,
      updateIds: fc.array(identity, { maxLength: 5 }),
      infoTypes,
      locales: strings,
    },
    { deviceAttributes: text, callerAttributes: text },
  ),
  fc.record({
    operation: fc.constant('GetFileLocations' as const),
    cookie,
    fileDigests: fc.array(sha1, { maxLength: 4 }),
  }),
  fc.record({
    operation: fc.constant('ReportEventBatch' as const),
    cookie,
    clientTime: instant,
    eventBatch: fc.array(event, { maxLength: 3 }),
  }),
);

type Response<O extends WuspRequest['operation']> = Extract<WuspResponse<string>, { readonly operation: O }>;
type Info2 = Response<'GetExtendedUpdateInfo2'>['extendedUpdateInfo'];
type Sync = Response<'SyncUpdates'>['syncInfo'];

const deployment = optionals<Sync['changedUpdates'][number]['deployment']>(
  { id: int, action: fc.constantFrom(...DEPLOYMENT_ACTIONS), isAssigned: fc.boolean(), lastChangeTime: text },
  { deadline: instant, downloadPriority: text },
);
const config = fc.record({
  lastChange: stamp,
  isRegistrationRequired: fc.boolean(),
  authInfo: fc.array(fc.record({ plugInId: text, serviceUrl: text, parameter: text }), { maxLength: 2 }),
  allowedEventIds: ids,
  properties: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
});
const syncInfo = optionals<Sync>(
  {
    newUpdates: fc.array(fc.record({ id: int, deployment, isLeaf: fc.boolean(), xml: text }), { maxLength: 4 }),
    outOfScopeRevisionIds: ids,
    changedUpdates: fc.array(fc.record({ id: int, deployment, isLeaf: fc.boolean() }), { maxLength: 4 }),
    truncated: fc.boolean(),
    newCookie: cookie,
    deployedOutOfScopeRevisionIds: ids,
  },
  { driverSyncNotNeeded: fc.boolean() },
);
const updates: Arbitrary<Info2['updates']> = fc.array(fc.record({ id: int, xml: text }), { maxLength: 4 });
const fileLocations = fc.array(fc.record({ sha1, url: text }), { maxLength: 4 });

/** A response to any operation, as a client reads it. */
export const anyResponse: Arbitrary<WuspResponse<string>> = fc.oneof(
  fc.record({ operation: fc.constantFrom('GetConfig' as const, 'GetConfig2' as const), config }),
  fc.record({ operation: fc.constant('GetAuthorizationCookie' as const), authorizationCookie }),
  fc.record({ operation: fc.constant('GetCookie' as const), cookie }),
  fc.record({ operation: fc.constant('RegisterComputer' as const) }),
  fc.record({
    operation: fc.constant('StartCategoryScan' as const),
    preferredCategoryIds: fc.array(guid, { maxLength: 3 }),
    requestedCategoryIdsInError: fc.array(guid, { maxLength: 3 }),
  }),
  fc.record({ operation: fc.constantFrom('SyncUpdates' as const, 'SyncPrinterCatalog' as const), syncInfo }),
  fc.record({
    operation: fc.constant('RefreshCache' as const),
    results: fc.array(fc.record({ revisionId: int, globalId: identity, isLeaf: fc.boolean(), deployment }), {
      maxLength: 4,
    }),
  }),
  fc.record({
    operation: fc.constant('GetExtendedUpdateInfo' as const),
    extendedUpdateInfo: fc.record({ updates, fileLocations, outOfScopeRevisionIds: ids }),
  }),
  fc.record({
    operation: fc.constant('GetExtendedUpdateInfo2' as const),
    extendedUpdateInfo: fc.record({ updates, fileLocations }),
  }),
  optionals<Response<'GetFileLocations'>>(
    { operation: fc.constant('GetFileLocations'), fileLocations },
    { newCookie: cookie },
  ),
  fc.record({ operation: fc.constant('ReportEventBatch' as const), accepted: fc.boolean() }),
);
