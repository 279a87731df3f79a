import type { Policy } from '#domain/approval/policy.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Brake, Pause } from '#domain/exception/hold.ts';

/** Everything that the decision knows besides the server: immutable, swapped whole when something changes. */
export interface Facts {
  readonly catalogue: Catalogue;
  readonly policy: Policy;
  /** Persons' words by update, for all customers and for single ones. */
  readonly persons: ReadonlyMap<UpdateId, readonly PersonDecision[]>;
  /** Whom a person's word of its own reaches: servers with such words are decided about one by one. */
  readonly singledOut: ReadonlySet<string>;
  /** Pauses that are in force or to come. */
  readonly pauses: readonly Pause[];
  /** Updates that a person stopped for everybody. */
  readonly brakes: ReadonlyMap<UpdateId, Brake>;
  readonly acceptedEulas: ReadonlySet<string>;
  /** SHA-1 (hex) of every payload file that a client can get: held here and verified, or from Microsoft's URL. */
  readonly deliverable: ReadonlySet<string>;
}
