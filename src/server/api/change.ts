import type pg from 'pg';
import { type RecordEntry, SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';
import { touchFacts } from '#server/store/service.ts';

/** What the record says of a change; without a customer it goes into the service's own chain. */
export interface Noted extends Pick<RecordEntry, 'who' | 'what' | 'subject' | 'facts'> {
  readonly customerId?: string | undefined;
  readonly at: Temporal.Instant;
}

/** What a change did: its outcome, and what the record says of it. */
export interface Changed<T> {
  readonly outcome: T;
  readonly noted: readonly Noted[];
}

/**
 * Changes what decisions are made from: rows, version of the facts and record in one transaction. Resolves when this process decides by
 * the new facts; others hear of them at the commit.
 */
export async function changeFacts<T>(deps: ApiDeps, work: (client: pg.PoolClient) => Promise<Changed<T>>): Promise<T> {
  const outcome = await inTransaction(deps.pool, async (client) => {
    const changed = await work(client);
    await touchFacts(client);
    await note(deps, client, changed.noted);
    return changed.outcome;
  });
  await deps.keeper.refresh();
  return outcome;
}

/** The same for what no fact in memory comes from. */
export function change<T>(deps: ApiDeps, work: (client: pg.PoolClient) => Promise<Changed<T>>): Promise<T> {
  return inTransaction(deps.pool, async (client) => {
    const changed = await work(client);
    await note(deps, client, changed.noted);
    return changed.outcome;
  });
}

async function note({ clock }: ApiDeps, client: pg.PoolClient, noted: readonly Noted[]): Promise<void> {
  await appendRecord(
    client,
    noted.map(({ customerId, ...entry }) => ({ ...entry, customerId: customerId ?? SERVICE_CHAIN, clock: clock.kind })),
  );
}
