import type { EndpointResult } from '#contract/endpoint.ts';
import { listUpdates } from '#contract/endpoints/catalogue.ts';
import type { DemoService } from './demo-service.ts';

/** An update as the service lists it. */
export interface KnownUpdate {
  readonly updateId: string;
  readonly title: string;
  readonly kb?: string;
  readonly published: Temporal.Instant;
  readonly class: string;
  readonly verdict: 'approve' | 'not-approve' | 'review';
  readonly expired: boolean;
}

/** Everything that can be approved, as the service has it now, by update id. */
export async function knownUpdates({ api }: DemoService): Promise<ReadonlyMap<string, KnownUpdate>> {
  const updates = new Map<string, KnownUpdate>();
  for (let after: string | undefined; ; ) {
    const page = await api.call(listUpdates, { query: { limit: 1000, ...(after === undefined ? {} : { after }) } });
    for (const row of page.items) updates.set(row.updateId, knownUpdate(row));
    if (page.next === undefined) return updates;
    after = page.next;
  }
}

function knownUpdate(row: EndpointResult<typeof listUpdates>['items'][number]): KnownUpdate {
  const { updateId, title, kb, published, verdict, expired } = row;
  return {
    updateId,
    title,
    published: Temporal.Instant.from(published),
    class: row.class,
    verdict,
    expired,
    ...(kb === undefined ? {} : { kb }),
  };
}

/** Definitions belong to no cycle: the latest goes at each run. */
export function isDefinition(update: KnownUpdate): boolean {
  return update.class === 'definition';
}

/** How people call an update. */
export function shortName({ kb, title }: { readonly kb?: string | undefined; readonly title: string }): string {
  return kb === undefined ? title : `KB${kb}`;
}
