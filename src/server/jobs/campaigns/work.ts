import type pg from 'pg';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import type { Directory } from '#server/facts/directory.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import type { CampaignRow, SetRow } from '#server/store/campaigns/campaigns.ts';
import type { Tally } from './tally.ts';

/** What moves campaigns. */
export interface CampaignOptions {
  readonly pool: pg.Pool;
  readonly keeper: Pick<FactsKeeper, 'current' | 'directory'>;
  readonly clock: { readonly kind: 'real' | 'simulated' };
  /** Wall time, for the first attempt to send a notice. */
  readonly wallNow: () => Temporal.Instant;
}

/** One campaign in the hands of the sweep: its row is locked, and all that is written goes with the one transaction. */
export interface Work {
  readonly client: pg.PoolClient;
  readonly campaign: CampaignRow;
  readonly set: readonly SetRow[];
  readonly facts: Facts;
  readonly directory: Directory;
  readonly at: Temporal.Instant;
  /** Version of the inventory: what goes before what. */
  readonly inventory: number;
  readonly tally: Tally;
}

/** The updates of a campaign's set. */
export function updateIdsOf({ set }: Pick<Work, 'set'>): UpdateId[] {
  return set.map(({ updateId }) => updateId);
}

/** Rows of one statement: a campaign of any size is worked through in pages. */
export const PAGE = 1_000;
