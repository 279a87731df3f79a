import * as z from 'zod';
import { listRecords } from '#contract/endpoints/service.ts';
import { isBefore } from '#domain/instants.ts';
import type { DemoService } from '../demo/demo-service.ts';

/** One time at which a server was told to install an update, as the service put it on record. */
export interface Telling {
  readonly at: Temporal.Instant;
  readonly deadline?: Temporal.Instant;
}

/** Everything that the servers of a customer were told to install. */
export interface Tellings {
  /** The last telling of an update until an instant. */
  before(serverId: string, updateId: string, at: Temporal.Instant): Telling | undefined;
}

const OfferRecord = z.object({
  at: z.string(),
  what: z.literal('offer'),
  subject: z.object({ serverId: z.string() }),
  facts: z.object({ offered: z.array(z.object({ updateId: z.string(), deadline: z.string().nullable() })) }),
});

/** Reads a customer's record from its beginning. */
export async function readTellings({ api }: DemoService, customer: string): Promise<Tellings> {
  const tellings = new Map<string, Telling[]>();
  for (let after: string | undefined; ; ) {
    const query = { customer, limit: 1000, ...(after === undefined ? {} : { after }) };
    const page = await api.call(listRecords, { query });
    for (const record of page.items) {
      const offer = OfferRecord.safeParse(record);
      if (offer.success) note(tellings, offer.data);
    }
    if (page.next === undefined) break;
    after = page.next;
  }
  return {
    before: (serverId, updateId, at) =>
      tellings.get(`${serverId} ${updateId}`)?.findLast((telling) => !isBefore(at, telling.at)),
  };
}

function note(tellings: Map<string, Telling[]>, { at, subject, facts }: z.output<typeof OfferRecord>): void {
  for (const { updateId, deadline } of facts.offered) {
    const key = `${subject.serverId} ${updateId}`;
    const telling = {
      at: Temporal.Instant.from(at),
      ...(deadline === null ? {} : { deadline: Temporal.Instant.from(deadline) }),
    };
    const known = tellings.get(key);
    if (known === undefined) tellings.set(key, [telling]);
    else known.push(telling);
  }
}
