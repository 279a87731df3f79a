import * as z from 'zod';
import type * as contract from '#contract/endpoints/operation.ts';
import { CodedError } from '#contract/errors.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { listCareRuns, listTableStatistics } from '#server/store/care.ts';
import { listNotices as pageOfNotices } from '#server/store/notices.ts';

export const listNotices: Handler<typeof contract.listNotices> = async ({ pool, keeper, mail }, { query }) => {
  const { after, limit } = query;
  const place = after === undefined ? undefined : readCursor(z.tuple([z.string(), z.guid()]), after);
  const from = place && { at: Temporal.Instant.from(place[0]), noticeId: place[1] };
  const rows = await pageOfNotices(pool, from, limit);
  const last = rows.at(-1);
  const { customers } = keeper.directory();
  const waiting = mail ? 'waiting' : 'no-mail-server';
  return {
    items: rows.map(({ customerId, at, sentAt, gaveUpAt, lastError, ...row }) => ({
      ...row,
      customer: customers.get(customerId)?.name ?? customerId,
      at: at.toString(),
      state: sentAt ? 'sent' : gaveUpAt ? 'given-up' : waiting,
      ...(sentAt ? { sentAt: sentAt.toString() } : {}),
      ...(lastError === null ? {} : { lastError }),
    })),
    ...(last && rows.length === limit ? { next: writeCursor([last.at.toString(), last.noticeId]) } : {}),
  };
};

export const testMail: Handler<typeof contract.testMail> = async ({ mail }, { body: { to } }, { at }) => {
  if (!mail) throw new CodedError('mail.not-configured', 'No mail server is set.');
  const letter = { subject: 'Second Tuesday: a test', body: `This mail was asked for at ${at}. It works.\n` };
  await mail.send(to, letter).catch((error: Error) => {
    throw new CodedError('mail.refused', error.message.slice(0, 300));
  });
  return { to };
};

export const care: Handler<typeof contract.care> = async ({ pool, settings }) => ({
  eventRetentionDays: settings.eventRetentionDays,
  runs: (await listCareRuns(pool, 20)).map(({ began, ended, ...run }) => ({
    ...run,
    began: began.toString(),
    ...(ended ? { ended: ended.toString() } : {}),
  })),
  tables: (await listTableStatistics(pool)).map(({ vacuumedAt, ...table }) => ({
    ...table,
    ...(vacuumedAt ? { vacuumedAt: vacuumedAt.toString() } : {}),
  })),
});
