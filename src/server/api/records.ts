import * as z from 'zod';
import type * as contract from '#contract/endpoints/service.ts';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { listRecord, verifyRecord } from '#server/store/record.ts';
import { listRecordChains } from '#server/store/record-chains.ts';

export const listRecords: Handler<typeof contract.listRecords> = async (deps, { query }) => {
  const { after, limit, customer } = query;
  const chain = customer === undefined ? SERVICE_CHAIN : findCustomer(deps, customer).customerId;
  const [last] = after === undefined ? [0] : readCursor(z.tuple([z.int()]), after);
  const rows = await listRecord(deps.pool, chain, last + 1, limit);
  const end = rows.at(-1);
  return {
    items: rows.map(({ number, at, clock, who, what, subject, facts, hash }) => ({
      number,
      at: at.toString(),
      clock,
      who,
      what,
      subject,
      facts,
      hash: hash.toHex(),
    })),
    ...(end && rows.length === limit ? { next: writeCursor([end.number]) } : {}),
  };
};

export const verifyRecords: Handler<typeof contract.verifyRecords> = async ({ pool, keeper }) => {
  const { customers } = keeper.directory();
  const chains = [];
  for (const id of await listRecordChains(pool)) {
    const customer = id === SERVICE_CHAIN ? 'the service' : (customers.get(id)?.name ?? id);
    const checked = await verifyRecord(pool, id);
    chains.push(
      checked.ok
        ? { customer, records: checked.head.number, intact: true }
        : { customer, records: Math.max(0, checked.number - 1), intact: false, firstBroken: checked.number },
    );
  }
  return { chains };
};
