import type { CoreFragment, ExtendedFragment } from '#protocol/update-xml/rules.ts';
import { type CachedUpdates, NO_UPDATES } from './update-cache.ts';

/** What a server said to do with one revision ([MS-WUSP] 2.2.2.2.4), as far as an agent acts on it. */
interface CachedDeployment {
  readonly action: string;
  readonly deadline?: Temporal.Instant;
}

/** One revision in the agent's data store. Parsed fragments are shared with other servers of the process. */
export interface CachedUpdate {
  readonly revisionId: number;
  readonly isLeaf: boolean;
  readonly deployment: CachedDeployment;
  readonly core: CoreFragment;
}

export interface CachedConfig {
  /** Compared exactly by the server, so kept as text. */
  readonly lastChange: string;
  readonly registrationRequired: boolean;
  /** `AuthPlugInInfo.ServiceUrl`: absolute, or relative to `WUServer`. */
  readonly authServiceUrl: string;
  readonly maxExtendedUpdates: number;
}

export interface CachedCookie {
  readonly expiration: Temporal.Instant;
  readonly encryptedData: string;
}

/** Everything that an agent keeps between scans, like `%windir%\SoftwareDistribution\DataStore`. Mutable; the agent owns it. */
export interface DataStore {
  config: CachedConfig | undefined;
  cookie: CachedCookie | undefined;
  registered: boolean;
  /** The server's revision ids may have changed: translate them by RefreshCache before the next synchronisation. */
  refreshNeeded: boolean;
  /** Shared with other servers: replaced, never changed. */
  updates: CachedUpdates;
  readonly details: Map<number, UpdateDetails>;
  /** SHA-1 in lower-case hex → where to fetch it. */
  readonly locations: Map<string, string>;
  /** SHA-1 of the files that are here and verified → bytes. */
  readonly files: Map<string, number>;
  /** SHA-1 of the files of which parts are here. */
  readonly partials: Map<string, PartialFile>;
}

/** A file that is being downloaded: its bytes, and where the ranges that have arrived begin. */
export interface PartialFile {
  readonly bytes: Uint8Array;
  readonly received: Set<number>;
}

/** What GetExtendedUpdateInfo adds to a revision. */
interface UpdateDetails {
  /** In the client's language where the server has it. */
  readonly title: string;
  readonly extended: ExtendedFragment;
}

/** A data store as after a reset of `SoftwareDistribution`. */
export function createDataStore(): DataStore {
  return {
    config: undefined,
    cookie: undefined,
    registered: false,
    refreshNeeded: false,
    updates: NO_UPDATES,
    details: new Map(),
    locations: new Map(),
    files: new Map(),
    partials: new Map(),
  };
}
