import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { AuthorizationCookie, Cookie, WuspOperation } from './requests.ts';

/** Stands for a stored fragment in a response: its bytes are not copied, the server puts them in place. */
export interface FragmentRef {
  readonly fragment: 'Core' | 'Extended' | 'LocalizedProperties' | 'Eula';
  readonly revisionId: number;
  /** Of LocalizedProperties and Eula. */
  readonly locale?: string;
}

/**
 * What a server answers. `Xml` is how the fragments appear: a server writes `FragmentRef` (or the fragment's text), a client reads the
 * text. Arrays are never absent: an empty one is omitted on the wire.
 */
export type WuspResponse<Xml = FragmentRef | string> =
  | { readonly operation: 'GetConfig'; readonly config: Config }
  | { readonly operation: 'GetConfig2'; readonly config: Config }
  | { readonly operation: 'GetAuthorizationCookie'; readonly authorizationCookie: AuthorizationCookie }
  | { readonly operation: 'GetCookie'; readonly cookie: Cookie }
  | { readonly operation: 'RegisterComputer' }
  | StartCategoryScanResponse
  | { readonly operation: 'SyncUpdates'; readonly syncInfo: SyncInfo<Xml> }
  | { readonly operation: 'SyncPrinterCatalog'; readonly syncInfo: SyncInfo<Xml> }
  | { readonly operation: 'RefreshCache'; readonly results: readonly RefreshCacheResult[] }
  | { readonly operation: 'GetExtendedUpdateInfo'; readonly extendedUpdateInfo: ExtendedUpdateInfo<Xml> }
  | { readonly operation: 'GetExtendedUpdateInfo2'; readonly extendedUpdateInfo: ExtendedUpdateInfo2<Xml> }
  | GetFileLocationsResponse
  /** False: the events were not taken; the client keeps them. */
  | { readonly operation: 'ReportEventBatch'; readonly accepted: boolean };

/** The answer to one operation. */
export type ResponseTo<O extends WuspOperation, Xml = FragmentRef | string> = Extract<
  WuspResponse<Xml>,
  { readonly operation: O }
>;

interface StartCategoryScanResponse {
  readonly operation: 'StartCategoryScan';
  readonly preferredCategoryIds: readonly string[];
  readonly requestedCategoryIdsInError: readonly string[];
}

export interface Config {
  /** Kept as text: clients send back what they read, and it is compared exactly. */
  readonly lastChange: string;
  readonly isRegistrationRequired: boolean;
  /** Exactly one in practice. `serviceUrl` is relative to the server's root, or absolute. */
  readonly authInfo: readonly { readonly plugInId: string; readonly serviceUrl: string; readonly parameter: string }[];
  readonly allowedEventIds: readonly number[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

export interface SyncInfo<Xml = FragmentRef | string> {
  readonly newUpdates: readonly NewUpdate<Xml>[];
  readonly outOfScopeRevisionIds: readonly number[];
  /** Known to the client already: without their fragment. */
  readonly changedUpdates: readonly ChangedUpdate[];
  readonly truncated: boolean;
  readonly newCookie: Cookie;
  readonly deployedOutOfScopeRevisionIds: readonly number[];
  readonly driverSyncNotNeeded?: boolean;
}

export interface ChangedUpdate {
  /** The revision id. */
  readonly id: number;
  readonly deployment: WireDeployment;
  readonly isLeaf: boolean;
}

export interface NewUpdate<Xml = FragmentRef | string> extends ChangedUpdate {
  readonly xml: Xml;
}

export const DEPLOYMENT_ACTIONS = [
  'OptionalInstall',
  'Install',
  'Uninstall',
  'PreDeploymentCheck',
  'Block',
  'Evaluate',
  'Bundle',
] as const;

/** A deployment as clients receive it ([MS-WUSP] 2.2.2.2.4). AutoSelect, AutoDownload and SupersedenceBehavior are always sent as 0. */
export interface WireDeployment {
  /** Its own id space: stable for a deployment, another one when the deployment changes. */
  readonly id: number;
  readonly action: (typeof DEPLOYMENT_ACTIONS)[number];
  readonly deadline?: Temporal.Instant;
  /** True: installs by itself; false: offered only. */
  readonly isAssigned: boolean;
  /** `YYYY-MM-DD`. */
  readonly lastChangeTime: string;
  readonly downloadPriority?: string;
}

export interface RefreshCacheResult {
  readonly revisionId: number;
  readonly globalId: UpdateIdentity;
  readonly isLeaf: boolean;
  readonly deployment: WireDeployment;
}

export interface ExtendedUpdateInfo<Xml = FragmentRef | string> extends ExtendedUpdateInfo2<Xml> {
  readonly outOfScopeRevisionIds: readonly number[];
}

export interface ExtendedUpdateInfo2<Xml = FragmentRef | string> {
  /** One entry for each revision, fragment type and locale; all of one type before the next type. */
  readonly updates: readonly { readonly id: number; readonly xml: Xml }[];
  readonly fileLocations: readonly FileLocation[];
}

export interface FileLocation {
  /** Lower-case hex. */
  readonly sha1: string;
  readonly url: string;
}

/** Files that the server does not have are left out. */
interface GetFileLocationsResponse {
  readonly operation: 'GetFileLocations';
  readonly fileLocations: readonly FileLocation[];
  readonly newCookie?: Cookie;
}

export const FAULT_CODES = [
  'InvalidCookie',
  'ServerChanged',
  'ConfigChanged',
  'CookieExpired',
  'RegistrationRequired',
  'RegistrationNotRequired',
  'InvalidAuthorizationCookie',
  'InvalidParameters',
  'FileLocationChanged',
  'ServerBusy',
  'InternalServerError',
  'IncompatibleProtocolVersion',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** A refusal of the protocol ([MS-WUSP] 2.2.2.4). What the client does about it depends on `errorCode` alone. */
export interface WuspFault {
  readonly errorCode: FaultCode;
  /** For InvalidParameters the path of the parameter, e.g. `parameters.InstalledNonLeafUpdateIDs`. */
  readonly message?: string;
  /** A GUID, new for each fault; the server's log has it too. */
  readonly id: string;
  /** The SOAPAction that was refused, without quotes. */
  readonly method: string;
}
