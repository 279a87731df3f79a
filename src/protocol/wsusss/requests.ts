import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { AuthorizationCookie, Cookie } from '#protocol/wusp/types.ts';

/** The operations by which a downstream server fetches metadata ([MS-WSUSSS] 3.1.4). */
export type WsusssOperation = WsusssRequest['operation'];

/** What a downstream server asks; `operation` is the local name of the first element inside the SOAP body. */
export type WsusssRequest =
  | { readonly operation: 'GetAuthConfig' }
  | DssAuthorizationRequest
  | DssCookieRequest
  | { readonly operation: 'GetConfigData'; readonly cookie: Cookie; readonly configAnchor?: string }
  | { readonly operation: 'GetRevisionIdList'; readonly cookie: Cookie; readonly filter: RevisionFilter }
  | { readonly operation: 'GetUpdateData'; readonly cookie: Cookie; readonly updateIds: readonly UpdateIdentity[] };

interface DssAuthorizationRequest {
  readonly operation: 'GetAuthorizationCookie';
  /** The DNS name of the downstream server; Microsoft takes any text. */
  readonly accountName: string;
  /** A GUID, lower case: the downstream server's own, for good. */
  readonly accountGuid: string;
  /** Never seen in use. */
  readonly programKeys: readonly string[];
}

interface DssCookieRequest {
  readonly operation: 'GetCookie';
  /** The wire has an array, the protocol demands exactly one. */
  readonly authorizationCookie: AuthorizationCookie;
  readonly oldCookie?: Cookie;
  /** `major.minor` of the downstream server; the major must be 1. */
  readonly protocolVersion: string;
}

/**
 * Which revisions are of interest ([MS-WSUSSS] 2.2.4.14). Empty lists are left out on the wire. `DssProtocolVersion` is never sent and is
 * ignored: the cookie knows the version.
 */
export interface RevisionFilter {
  /** Of the former answer to the same kind of question; absent: everything. Opaque. */
  readonly anchor?: string;
  /** True: categories, classifications and detectoids, whatever the lists below say. False: updates that match both lists. */
  readonly getConfig: boolean;
  readonly get63LanguageOnly: boolean;
  /** Products and their families. */
  readonly categories: readonly IdAndDelta[];
  readonly classifications: readonly IdAndDelta[];
  /** LCIDs, e.g. 1033. */
  readonly languages: readonly LanguageAndDelta[];
}

export interface IdAndDelta {
  readonly id: string;
  /** True: what changed since the anchor; false: all of it, as this one was selected after the anchor. */
  readonly delta: boolean;
}

export interface LanguageAndDelta {
  readonly id: number;
  readonly delta: boolean;
}
