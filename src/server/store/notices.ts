import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A mail that is to be sent, or was. */
export interface NoticeRow {
  readonly noticeId: string;
  readonly kind: 'restart' | 'failure' | 'readiness' | 'gate';
  readonly customerId: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  /** Service's clock. */
  readonly at: Temporal.Instant;
  readonly attempts: number;
  readonly sentAt: Temporal.Instant | null;
  readonly gaveUpAt: Temporal.Instant | null;
  readonly lastError: string | null;
}

/** A new notice; `key` names its occasion, and of two with one key the second is none. */
export interface NewNotice
  extends Pick<NoticeRow, 'noticeId' | 'kind' | 'customerId' | 'recipient' | 'subject' | 'body' | 'at'> {
  readonly key: string;
}

const FIELDS = `notice_id as "noticeId", kind, customer_id as "customerId", recipient, subject, body, at, attempts,
  sent_at as "sentAt", gave_up_at as "gaveUpAt", last_error as "lastError"`;

/** Adds a notice; false when its occasion has one already. `nextAttempt` is wall time. */
export async function addNotice(db: Db, notice: NewNotice, nextAttempt: Temporal.Instant): Promise<boolean> {
  const { noticeId, kind, key, customerId, recipient, subject, body, at } = notice;
  const { rowCount } = await db.query(
    `insert into notice (notice_id, kind, key, customer_id, recipient, subject, body, at, next_attempt)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (key) do nothing`,
    [noticeId, kind, key, customerId, recipient, subject, body, sqlInstant(at), sqlInstant(nextAttempt)],
  );
  return rowCount === 1;
}

/** Takes the notice that has waited longest of those due at a wall time and keeps it locked; call it inside a transaction. */
export async function takeDueNotice(db: Db, now: Temporal.Instant): Promise<NoticeRow | undefined> {
  const { rows } = await db.query<NoticeRow>(
    `select ${FIELDS} from notice where sent_at is null and gave_up_at is null and next_attempt <= $1
     order by next_attempt limit 1 for update skip locked`,
    [sqlInstant(now)],
  );
  return rows[0];
}

/** Notes how an attempt ended: sent, to be tried again, or given up. Wall times. */
export async function noteAttempt(
  db: Db,
  noticeId: string,
  outcome: {
    readonly sentAt?: Temporal.Instant;
    readonly nextAttempt?: Temporal.Instant;
    readonly gaveUpAt?: Temporal.Instant;
    readonly error?: string;
  },
): Promise<void> {
  const { sentAt, nextAttempt, gaveUpAt, error } = outcome;
  await db.query(
    `update notice set attempts = attempts + 1, sent_at = $2, next_attempt = coalesce($3, next_attempt),
       gave_up_at = $4, last_error = $5 where notice_id = $1`,
    [
      noticeId,
      sentAt && sqlInstant(sentAt),
      nextAttempt && sqlInstant(nextAttempt),
      gaveUpAt && sqlInstant(gaveUpAt),
      error,
    ],
  );
}

/** Notices, the latest first, after the given one; at most `limit`. */
export async function listNotices(
  db: Db,
  after: { readonly at: Temporal.Instant; readonly noticeId: string } | undefined,
  limit: number,
): Promise<NoticeRow[]> {
  const { rows } = await db.query<NoticeRow>(
    `select ${FIELDS} from notice where $1::timestamptz is null or (at, notice_id) < ($1, $2::uuid)
     order by at desc, notice_id desc limit $3`,
    [after && sqlInstant(after.at), after?.noticeId, limit],
  );
  return rows;
}

/** Up to when failures have been told to a recipient for a customer; undefined: never. */
export async function lastFailureNotice(
  db: Db,
  customerId: string,
  recipient: string,
): Promise<Temporal.Instant | undefined> {
  const { rows } = await db.query<{ at: Temporal.Instant | null }>(
    `select max(at) as at from notice where kind = 'failure' and customer_id = $1 and recipient = $2`,
    [customerId, recipient],
  );
  return rows[0]?.at ?? undefined;
}

/** Removes notices that are settled and older than an instant, at most `limit`; returns how many. */
export async function pruneNotices(db: Db, before: Temporal.Instant, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from notice where notice_id in (select notice_id from notice
       where at < $1 and (sent_at is not null or gave_up_at is not null) limit $2)`,
    [sqlInstant(before), limit],
  );
  return rowCount ?? 0;
}
