import fc, { type Arbitrary } from 'fast-check';
import type {
  ConfigData,
  RevisionFilter,
  UpdateBlob,
  UpdateFileUrl,
  WsusssOperation,
  WsusssRequest,
  WsusssResponse,
  WsusssResponseTo,
} from '../types.ts';

// Values of every request and response, as random as the wire allows.

/** Text of characters that XML 1.0 has a place for. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((raw) => raw.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));
const guid = fc.uuid();
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const sha1 = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytes.toHex());
/** 100 ns is all that .NET keeps. */
const instant = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 17n }).map((ticks) => new Temporal.Instant(ticks * 100n));
const version = fc.tuple(fc.nat(99), fc.nat(999)).map(([major, minor]) => `${major}.${minor}`);
const cookie = fc.record({ expiration: instant, encryptedData: fc.base64String({ maxLength: 80 }) });
const authorizationCookie = fc.record({ plugInId: text, cookieData: fc.base64String({ maxLength: 80 }) });
const identities = fc.array(fc.record({ updateId: guid, revisionNumber: int }), { maxLength: 5 });
const idsAndDeltas = fc.array(fc.record({ id: guid, delta: fc.boolean() }), { maxLength: 3 });

function optionals<T>(
  needed: { [K in keyof T as object extends Pick<T, K> ? never : K]: Arbitrary<T[K]> },
  rest: { [K in keyof T as object extends Pick<T, K> ? K : never]-?: Arbitrary<Exclude<T[K], undefined>> },
): Arbitrary<T> {
  const model = { ...needed, ...rest } as Record<string, Arbitrary<unknown>>;
  return fc.record(model, { requiredKeys: Object.keys(needed) }) as Arbitrary<T>;
}

type Request<O extends WsusssOperation> = Extract<WsusssRequest, { readonly operation: O }>;

const filter = optionals<RevisionFilter>(
  {
    getConfig: fc.boolean(),
    get63LanguageOnly: fc.boolean(),
    categories: idsAndDeltas,
    classifications: idsAndDeltas,
    languages: fc.array(fc.record({ id: int, delta: fc.boolean() }), { maxLength: 3 }),
  },
  { anchor: text },
);

/** A request of any operation. */
export const anyRequest: Arbitrary<WsusssRequest> = fc.oneof(
  fc.constant({ operation: 'GetAuthConfig' as const }),
  fc.record({
    operation: fc.constant('GetAuthorizationCookie' as const),
    accountName: text,
    accountGuid: guid,
    programKeys: fc.array(guid, { maxLength: 2 }),
  }),
  optionals<Request<'GetCookie'>>(
    { operation: fc.constant('GetCookie'), authorizationCookie, protocolVersion: version },
    { oldCookie: cookie },
  ),
  optionals<Request<'GetConfigData'>>({ operation: fc.constant('GetConfigData'), cookie }, { configAnchor: text }),
  fc.record({ operation: fc.constant('GetRevisionIdList' as const), cookie, filter }),
  fc.record({ operation: fc.constant('GetUpdateData' as const), cookie, updateIds: identities }),
);

type AuthInfo = WsusssResponseTo<'GetAuthConfig'>['config']['authInfo'][number];

const config = optionals<ConfigData>(
  {
    catalogOnlySync: fc.boolean(),
    lazySync: fc.boolean(),
    serverHostsPsfFiles: fc.boolean(),
    maxNumberOfUpdatesPerRequest: int,
    newConfigAnchor: text,
    languages: fc.array(fc.record({ id: int, shortName: text, longName: text, enabled: fc.boolean() }), {
      maxLength: 3,
    }),
  },
  {
    maxNumberOfDriverSetsPerRequest: int,
    maxNumberOfComputerIdsInRequest: int,
    maxNumberOfPnpHardwareIdsInRequest: int,
    protocolVersion: version,
    maxUpdatesPerRequestInGetUpdateDecryptionData: int,
  },
);

const document: Arbitrary<UpdateBlob> = fc.oneof(
  fc.record({ form: fc.constant('xml' as const), xml: text }),
  fc.record({ form: fc.constant('cabinet' as const), cabinet: fc.uint8Array({ maxLength: 50 }) }),
);

/** A response to any operation. */
export const anyResponse: Arbitrary<WsusssResponse> = fc.oneof(
  fc.record({
    operation: fc.constant('GetAuthConfig' as const),
    config: fc.record({
      lastChange: instant.map(String),
      authInfo: fc.array(optionals<AuthInfo>({ plugInId: text, serviceUrl: text }, { parameter: text }), {
        maxLength: 2,
      }),
    }),
  }),
  fc.record({ operation: fc.constant('GetAuthorizationCookie' as const), authorizationCookie }),
  fc.record({ operation: fc.constant('GetCookie' as const), cookie }),
  fc.record({ operation: fc.constant('GetConfigData' as const), config }),
  fc.record({ operation: fc.constant('GetRevisionIdList' as const), anchor: text, newRevisions: identities }),
  fc.record({
    operation: fc.constant('GetUpdateData' as const),
    updates: fc.array(
      fc.record({
        id: fc.record({ updateId: guid, revisionNumber: int }),
        document,
        fileDigests: fc.array(sha1, { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    fileUrls: fc.array(optionals<UpdateFileUrl>({ sha1 }, { muUrl: text, ussUrl: text }), { maxLength: 3 }),
  }),
);
