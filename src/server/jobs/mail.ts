import type pg from 'pg';
import type { MailTransport } from '#server/integrations/mail/transport.ts';
import { noteAttempt, takeDueNotice } from '#server/store/notices.ts';
import { inTransaction } from '#server/store/pool.ts';

/** Minutes before the second attempt, the third, …; after the last one the notice is given up. */
const WAITS = [1, 5, 15, 60, 240, 720] as const;
const MOST_AT_ONCE = 200;

/**
 * Sends what is due at a wall time, one after the other; returns how many were sent. Each is locked while it is sent, so that several
 * processes share the work. A process that dies between the mail server's yes and its commit sends that one mail again.
 */
export async function sendDueNotices(
  pool: pg.Pool,
  transport: MailTransport,
  now: () => Temporal.Instant,
  signal?: AbortSignal,
): Promise<number> {
  let sent = 0;
  for (let tries = 0; tries < MOST_AT_ONCE && !signal?.aborted; tries++) {
    const outcome = await inTransaction(pool, async (client) => {
      const notice = await takeDueNotice(client, now());
      if (!notice) return 'none';
      const failure = await transport.send(notice.recipient, notice).then(
        () => undefined,
        (error: Error) => error.message.slice(0, 500),
      );
      const at = now();
      const wait = WAITS[notice.attempts];
      if (failure === undefined) await noteAttempt(client, notice.noticeId, { sentAt: at });
      else if (wait === undefined) await noteAttempt(client, notice.noticeId, { gaveUpAt: at, error: failure });
      else await noteAttempt(client, notice.noticeId, { nextAttempt: at.add({ minutes: wait }), error: failure });
      return failure === undefined ? 'sent' : 'failed';
    });
    if (outcome === 'none') break;
    if (outcome === 'sent') sent++;
  }
  return sent;
}
