import type { UpdateIdentity } from '#domain/catalogue/revision.ts';

/** The operations of the client protocol that a server answers ([MS-WUSP] 3.1.5, 3.2). */
export type WuspOperation = WuspRequest['operation'];

/** What a client asks; `operation` is the local name of the first element inside the SOAP body. */
export type WuspRequest =
  | { readonly operation: 'GetConfig'; readonly protocolVersion?: string }
  | { readonly operation: 'GetConfig2'; readonly clientConfiguration: { readonly protocolVersion?: string } }
  | GetAuthorizationCookieRequest
  | GetCookieRequest
  | { readonly operation: 'RegisterComputer'; readonly cookie: Cookie; readonly computerInfo: ComputerInfo }
  | { readonly operation: 'StartCategoryScan'; readonly requestedCategories: readonly CategoryRelationship[] }
  | { readonly operation: 'SyncUpdates'; readonly cookie: Cookie; readonly parameters: SyncUpdateParameters }
  | SyncPrinterCatalogRequest
  | RefreshCacheRequest
  | GetExtendedUpdateInfoRequest
  | GetExtendedUpdateInfo2Request
  /** Digests are SHA-1, lower-case hex. */
  | { readonly operation: 'GetFileLocations'; readonly cookie: Cookie; readonly fileDigests: readonly string[] }
  | ReportEventBatchRequest;

interface GetAuthorizationCookieRequest {
  readonly operation: 'GetAuthorizationCookie';
  /** 1 to 255 of `[a-zA-Z0-9-]`; the agent sends its SusClientId. A claim, not a proof. */
  readonly clientId: string;
  /** Group names joined by `;`, for client-side targeting; may be empty. */
  readonly targetGroupName?: string;
  readonly dnsName: string;
}

export interface GetCookieRequest {
  readonly operation: 'GetCookie';
  /** The wire has an array, the protocol demands exactly one. */
  readonly authorizationCookie: AuthorizationCookie;
  /** A first call carries one without `encryptedData`: the client has no old cookie. */
  readonly oldCookie?: { readonly expiration: Temporal.Instant; readonly encryptedData?: string };
  /** The text of `Config.lastChange` as the client remembers it; compared exactly. */
  readonly lastChange: string;
  /** The client's own clock. */
  readonly currentTime: Temporal.Instant;
  readonly protocolVersion?: string;
}

interface SyncPrinterCatalogRequest {
  readonly operation: 'SyncPrinterCatalog';
  readonly cookie: Cookie;
  readonly installedNonLeafUpdateIds?: readonly number[];
  readonly printerUpdateIds?: readonly number[];
  readonly deviceAttributes?: string;
}

interface RefreshCacheRequest {
  readonly operation: 'RefreshCache';
  readonly cookie: Cookie;
  readonly globalIds: readonly UpdateIdentity[];
  readonly deviceAttributes?: string;
}

interface GetExtendedUpdateInfoRequest {
  readonly operation: 'GetExtendedUpdateInfo';
  readonly cookie: Cookie;
  readonly revisionIds: readonly number[];
  readonly infoTypes: readonly InfoType[];
  readonly locales: readonly string[];
  readonly deviceAttributes?: string;
  readonly geoId?: string;
  readonly callerAttributes?: string;
}

interface GetExtendedUpdateInfo2Request {
  readonly operation: 'GetExtendedUpdateInfo2';
  readonly cookie: Cookie;
  readonly updateIds: readonly UpdateIdentity[];
  readonly infoTypes: readonly InfoType[];
  readonly locales: readonly string[];
  readonly deviceAttributes?: string;
  readonly callerAttributes?: string;
}

interface ReportEventBatchRequest {
  readonly operation: 'ReportEventBatch';
  readonly cookie: Cookie;
  readonly clientTime: Temporal.Instant;
  readonly eventBatch: readonly ReportingEvent[];
}

/** Base64 of sealed bytes is opaque here: only who sealed it can say whether it is right. */
export interface Cookie {
  readonly expiration: Temporal.Instant;
  readonly encryptedData: string;
}

export interface AuthorizationCookie {
  readonly plugInId: string;
  readonly cookieData: string;
}

interface CategoryRelationship {
  readonly indexOfAndGroup: number;
  readonly categoryId: string;
}

/**
 * What a scan tells the server ([MS-WUSP] 2.2.2.2.4). An absent id array is not an empty one: a first scan omits them. Ids are the
 * server's revision ids, duplicates and unknown ids included, in the order of the request.
 */
export interface SyncUpdateParameters {
  /** Ignored by servers. */
  readonly expressQuery?: boolean;
  /** Non-leaf revisions that the client evaluated as installed. */
  readonly installedNonLeafUpdateIds?: readonly number[];
  /** Every other cached software revision. */
  readonly otherCachedUpdateIds?: readonly number[];
  /** How many devices the client described; absent when it described none. Only driver scans may. */
  readonly systemSpecDevices?: number;
  readonly cachedDriverIds?: readonly number[];
  /** True in the driver pass. */
  readonly skipSoftwareSync: boolean;
  readonly filterCategoryIds?: readonly string[];
  readonly needTwoGroupOutOfScopeUpdates?: boolean;
  readonly alsoPerformRegularSync?: boolean;
  /** GUIDs that name the computer's hardware; drivers are ranked by them. */
  readonly computerSpec?: { readonly hardwareIds?: readonly string[] };
  readonly featureScoreMatchingKey?: string;
  readonly productsParameters?: ProductsParameters;
}

interface ProductsParameters {
  readonly syncCurrentVersionOnly?: boolean;
  /** `key=value;…` */
  readonly deviceAttributes?: string;
  /** `key=value;…` */
  readonly callerAttributes?: string;
  readonly products?: string;
}

/** Everything in it is the client's own text: shown, never trusted ([MS-WUSP] 2.2.2.2.3). */
export interface ComputerInfo {
  readonly dnsName: string;
  readonly osMajorVersion: number;
  readonly osMinorVersion: number;
  readonly osBuildNumber: number;
  readonly osServicePackMajorNumber: number;
  readonly osServicePackMinorNumber: number;
  readonly osLocale?: string;
  readonly computerManufacturer?: string;
  readonly computerModel?: string;
  readonly biosVersion?: string;
  readonly biosName?: string;
  /** Absent when the firmware's date was none. */
  readonly biosReleaseDate?: Temporal.Instant;
  readonly processorArchitecture?: string;
  readonly suiteMask: number;
  /** 1 workstation, 2 domain controller, 3 server. */
  readonly oldProductType: number;
  /** The SKU of GetProductInfo, e.g. 7 Standard, 8 Datacenter. */
  readonly newProductType: number;
  readonly systemMetrics: number;
  readonly clientVersionMajorNumber: number;
  readonly clientVersionMinorNumber: number;
  readonly clientVersionBuildNumber: number;
  readonly clientVersionQfeNumber: number;
  /** From here on: absent up to Server 2012 R2. */
  readonly osDescription?: string;
  readonly oem?: string;
  readonly deviceType?: string;
  readonly firmwareVersion?: string;
  readonly mobileOperator?: string;
}

/** Kinds of fragment that a client may ask for ([MS-WUSP] 2.2.2.2.6). */
export const INFO_TYPES = [
  'Published',
  'Core',
  'Extended',
  'VerificationRule',
  'LocalizedProperties',
  'Eula',
  'FileUrl',
  'FileDecryption',
] as const;
export type InfoType = (typeof INFO_TYPES)[number];

/** One event of an agent ([MS-WUSP] 2.2.2.4). */
export interface ReportingEvent {
  readonly basicData: BasicData;
  readonly extendedData?: ExtendedData;
  readonly privateData?: { readonly computerDnsName?: string; readonly userAccountName?: string };
}

export interface BasicData {
  /** The client id of the sender; must be the cookie's. */
  readonly sid: string;
  readonly sequenceNumber: number;
  readonly timeAtTarget: Temporal.Instant;
  /** Unique for each event: the key that makes redelivery harmless. */
  readonly eventInstanceId: string;
  readonly namespaceId: number;
  readonly eventId: number;
  readonly sourceId: number;
  /** Absent: the event is about the machine (on the wire an identity of zeros). */
  readonly update?: UpdateIdentity;
  /** HRESULT as a signed 32-bit number. */
  readonly win32HResult: number;
  readonly appName?: string;
}

export interface ExtendedData {
  readonly replacementStrings?: readonly string[];
  /** `tag=value` each. */
  readonly miscData?: readonly string[];
  readonly computerBrand?: string;
  readonly computerModel?: string;
  readonly biosRevision?: string;
  readonly processorArchitecture?: string;
  readonly osVersion?: DetailedVersion;
  readonly osLocaleId?: number;
  readonly deviceId?: string;
}

export interface DetailedVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
  readonly servicePackMajor: number;
  readonly servicePackMinor: number;
}
