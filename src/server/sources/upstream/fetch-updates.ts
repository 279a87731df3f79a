import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { UpdateData, UpdateFileUrl } from '#protocol/wsusss/types.ts';
import { listPending } from '#server/store/upstream-lists.ts';
import { addMissingParts } from '#server/store/upstream-references.ts';
import type { PullContext } from './pull-context.ts';
import { takeDelivery } from './take-delivery.ts';

/** What came of one question for documents. */
export interface Delivery {
  readonly asked: readonly UpdateIdentity[];
  /** By `nameOf`; still packed, as unpacked ones need much memory. */
  readonly came: ReadonlyMap<string, UpdateData>;
  readonly fileUrls: readonly UpdateFileUrl[];
}

/** What a server that says nothing of a limit is asked for at once, and the most that any is. */
const MOST_UPDATES = 100;

/**
 * Fetches what is pending, and the parts of bundles that turn out to be missing, batch by batch: each is in the catalogue, and no longer
 * pending, before the next is taken; some are under way meanwhile.
 */
export async function fetchPending(context: PullContext, lookForParts: boolean): Promise<void> {
  const { pool, upstream, tally } = context;
  for (;;) {
    for await (const delivery of deliveries(context)) {
      await takeDelivery(context, delivery);
      await context.note();
    }
    const parts = lookForParts ? await addMissingParts(pool, upstream.upstreamId) : 0;
    if (parts === 0) return;
    tally.wants(parts);
  }
}

/** An identity as deliveries name it. */
export function nameOf({ updateId, revisionNumber }: UpdateIdentity): string {
  return `${updateId} revision ${revisionNumber}`;
}

/** Deliveries in the order of the list; one more than the connections allow is asked for, so that these never stand idle. */
async function* deliveries(context: PullContext): AsyncGenerator<Delivery> {
  const { pool, upstream, session, inFlight } = context;
  const most = session.config.maxNumberOfUpdatesPerRequest;
  const size = most > 0 ? Math.min(most, MOST_UPDATES) : MOST_UPDATES;
  const ahead: Promise<Delivery>[] = [];
  for (let place = 0; ; ) {
    while (ahead.length <= inFlight) {
      const asked = await listPending(pool, upstream.upstreamId, place, size);
      const last = asked.at(-1);
      if (!last) break;
      place = last.place;
      const delivery = fetchDelivery(context, asked);
      delivery.catch(() => undefined); // it is awaited in its turn, unless one before it fails
      ahead.push(delivery);
    }
    const next = ahead.shift();
    if (!next) return;
    yield await next;
  }
}

/** Asks until all came; a server may leave out what makes its answer too large, and leaves out what it does not know. */
async function fetchDelivery({ session }: PullContext, asked: readonly UpdateIdentity[]): Promise<Delivery> {
  const came = new Map<string, UpdateData>();
  const fileUrls: UpdateFileUrl[] = [];
  const wanted = new Set(asked.map(nameOf)); // what nobody asked for is not taken
  const isMissing = (id: UpdateIdentity): boolean => !came.has(nameOf(id));
  for (let missing = asked, size = asked.length; missing.length > 0; ) {
    for (let from = 0; from < missing.length; from += size) {
      const updateIds = missing
        .slice(from, from + size)
        .map(({ updateId, revisionNumber }) => ({ updateId, revisionNumber }));
      const answer = await session.ask('GetUpdateData', { updateIds });
      for (const update of answer.updates) if (wanted.has(nameOf(update.id))) came.set(nameOf(update.id), update);
      fileUrls.push(...answer.fileUrls);
    }
    const left = missing.filter(isMissing);
    if (left.length === missing.length) {
      if (size === 1) break;
      size = 1;
    }
    missing = left;
  }
  return { asked, came, fileUrls };
}
