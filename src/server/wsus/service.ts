import type pg from 'pg';
import type { ResponseTo } from '#protocol/wusp/responses.ts';
import type { WuspOperation, WuspRequest } from '#protocol/wusp/types.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import type { CookieKey } from '#server/wsus/cookie.ts';
import type { Deployments } from '#server/wsus/deployments.ts';
import type { FragmentCache } from '#server/wsus/fragments.ts';

/** What every handler of the client protocol works with. */
export interface WsusService {
  readonly pool: pg.Pool;
  readonly identity: ServiceIdentity;
  readonly facts: FactsKeeper;
  readonly deployments: Deployments;
  readonly fragments: FragmentCache;
  /** Oldest first; read at each use, so that a rotation holds at once. */
  cookieKeys(): readonly CookieKey[];
  /** Clients may be sent to Microsoft for files that are not held here. */
  readonly contentFromMicrosoft: boolean;
  /** Recorded evidence says which clock it was made under. */
  readonly clock: 'real' | 'simulated';
}

export interface ServiceIdentity {
  /** Another one means that revision ids may mean other things: clients refresh their caches. */
  readonly guid: string;
  /** GetConfig's LastChange, as text; compared exactly. */
  readonly configChanged: string;
}

/** Who calls, as far as the connection tells. */
export interface Caller {
  readonly at: Temporal.Instant;
  /** The enrolment token in the URL's path. */
  readonly token?: string;
  /** `https://host:port`, with the token's path, as this client reaches us. */
  readonly baseUrl: string;
}

/** Answers one operation. Expected refusals are thrown as `Refusal`. */
export type WuspHandler<Operation extends WuspOperation> = (
  service: WsusService,
  request: Extract<WuspRequest, { readonly operation: Operation }>,
  caller: Caller,
) => Promise<ResponseTo<Operation>>;
