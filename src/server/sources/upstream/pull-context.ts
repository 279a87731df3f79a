import type pg from 'pg';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { UpstreamRow } from '#server/store/upstream.ts';
import type { RunTally } from './run-tally.ts';
import type { Session } from './session.ts';

/** What the steps of one pull share. */
export interface PullContext {
  readonly pool: pg.Pool;
  readonly upstream: UpstreamRow;
  readonly session: Session;
  /** Requests for documents at the same time. */
  readonly inFlight: number;
  readonly tally: RunTally;
  /** The service's clock. */
  readonly now: () => Temporal.Instant;
  readonly catalogue: () => Catalogue;
  /** Writes how far the run is; throws when it is to stop. */
  readonly note: () => Promise<void>;
  /** Lets the service decide by what was imported. */
  readonly publish: () => Promise<void>;
}
