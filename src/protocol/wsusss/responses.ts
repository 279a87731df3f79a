import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { AuthorizationCookie, Cookie } from '#protocol/wusp/types.ts';
import type { WsusssOperation } from './requests.ts';

/** What an upstream server answers. Arrays are never absent: an empty one may be omitted on the wire. */
export type WsusssResponse =
  | { readonly operation: 'GetAuthConfig'; readonly config: AuthConfig }
  | { readonly operation: 'GetAuthorizationCookie'; readonly authorizationCookie: AuthorizationCookie }
  | { readonly operation: 'GetCookie'; readonly cookie: Cookie }
  | { readonly operation: 'GetConfigData'; readonly config: ConfigData }
  | RevisionIdListResponse
  | UpdateDataResponse;

/** The answer to one operation. */
export type WsusssResponseTo<O extends WsusssOperation> = Extract<WsusssResponse, { readonly operation: O }>;

interface RevisionIdListResponse {
  readonly operation: 'GetRevisionIdList';
  /** For the next question of the same kind; opaque. */
  readonly anchor: string;
  /** The highest revision of each update that changed since the anchor. */
  readonly newRevisions: readonly UpdateIdentity[];
}

/** Fewer than were asked for when the answer grew too large, and when a revision is unknown: ask again for what is missing. */
interface UpdateDataResponse {
  readonly operation: 'GetUpdateData';
  /** An entry without a document reads as if it had not been sent. */
  readonly updates: readonly UpdateData[];
  readonly fileUrls: readonly UpdateFileUrl[];
}

export interface AuthConfig {
  /** Kept as text. */
  readonly lastChange: string;
  /** Exactly one in practice, plug-in `DssTargeting`. `serviceUrl` is relative to the server's root, or absolute. */
  readonly authInfo: readonly { readonly plugInId: string; readonly serviceUrl: string; readonly parameter?: string }[];
}

/** How an upstream server is set up ([MS-WSUSSS] 2.2.4.12). What older versions of the protocol do not have is optional. */
export interface ConfigData {
  /** True: the upstream has no payload files, they come from Microsoft. */
  readonly catalogOnlySync: boolean;
  /** True: the upstream downloads a payload only when it is asked for. */
  readonly lazySync: boolean;
  readonly serverHostsPsfFiles: boolean;
  /** Identities in one GetUpdateData. */
  readonly maxNumberOfUpdatesPerRequest: number;
  readonly maxNumberOfDriverSetsPerRequest?: number;
  readonly maxNumberOfComputerIdsInRequest?: number;
  readonly maxNumberOfPnpHardwareIdsInRequest?: number;
  readonly newConfigAnchor: string;
  /** Of the upstream, e.g. `1.20`. */
  readonly protocolVersion?: string;
  /** Those that changed since the anchor of the request. */
  readonly languages: readonly ConfigLanguage[];
  readonly maxUpdatesPerRequestInGetUpdateDecryptionData?: number;
}

export interface ConfigLanguage {
  /** An LCID; 0 stands for all languages. */
  readonly id: number;
  /** E.g. `en`, `zh-cn`. */
  readonly shortName: string;
  readonly longName: string;
  readonly enabled: boolean;
}

export interface UpdateData {
  readonly id: UpdateIdentity;
  readonly document: UpdateBlob;
  /** SHA-1 of each file, lower-case hex. */
  readonly fileDigests: readonly string[];
}

/** A whole `upd:Update` document: plain, or in a cabinet whose only member, `blob`, is the text in UTF-16LE without byte order mark. */
export type UpdateBlob =
  | { readonly form: 'xml'; readonly xml: string }
  | { readonly form: 'cabinet'; readonly cabinet: Uint8Array };

export interface UpdateFileUrl {
  /** Lower-case hex. */
  readonly sha1: string;
  /** Where Microsoft has the file. */
  readonly muUrl?: string;
  /** Where the upstream has it; WSUS does not say. */
  readonly ussUrl?: string;
}

export const WSUSSS_FAULT_CODES = [
  'InvalidParameters',
  'InvalidCookie',
  'InvalidAuthorizationCookie',
  'IncompatibleProtocolVersion',
  'InternalServerError',
  'ServerBusy',
  'ServerChanged',
  'FileDigestsMissing',
  // Of the client protocol; servers of the family share their code.
  'CookieExpired',
  'ConfigChanged',
] as const;
export type WsusssFaultCode = (typeof WSUSSS_FAULT_CODES)[number];

/** A refusal of the protocol ([MS-WSUSSS] 2.2.9). */
export interface WsusssFault {
  /** `ServerChanged`: forget the anchors. `InvalidCookie`: begin again with GetAuthConfig. `ServerBusy`: later. */
  readonly errorCode: WsusssFaultCode;
  /** For InvalidParameters the path of the parameter. */
  readonly message?: string;
  /** A GUID, new for each fault. */
  readonly id: string;
  /** The SOAPAction that was refused, without quotes. */
  readonly method: string;
}
