import type pg from 'pg';
import type { Logger } from 'pino';
import type { Settings } from '#contract/settings.ts';
import type { Clock } from '#server/clock.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { type MailTransport, smtpTransport } from '#server/integrations/mail/transport.ts';
import { keepApprovals } from '#server/jobs/approvals.ts';
import { keepHouse } from '#server/jobs/housekeeping.ts';
import { sendDueNotices } from '#server/jobs/mail.ts';
import { type NoticeOptions, writeNotices } from '#server/jobs/notices.ts';
import { keepSweeping, type Sweep } from '#server/jobs/sweeps.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import type { Upstreams } from '#server/sources/upstream/upstreams.ts';
import type { Undo } from './undo.ts';

/** What goes on beside the answers. */
export interface Background {
  readonly upstreams: Upstreams;
  /** Absent: no mail server is set. */
  readonly mail?: MailTransport;
  /** Resolves when what follows the clock has looked at its present instant. */
  settle(): Promise<void>;
}

export interface BackgroundOptions {
  readonly pool: pg.Pool;
  readonly settings: Settings;
  readonly keeper: FactsKeeper;
  readonly clock: Clock;
  readonly version: string;
  readonly log: Logger;
}

/** Starts housekeeping, the journal of approvals, the upstream pulls, notices and mail. */
export function startBackground(options: BackgroundOptions, undo: Undo): Background {
  const { pool, settings, keeper, clock, version, log } = options;
  const { smtpUrl, mailFrom, eventRetentionDays } = settings;
  const now = () => clock.now();
  const house = keepHouse({ pool, now, log, eventRetentionDays });
  undo.push(() => house.close());
  const approvals = keepApprovals({ pool, keeper, clock, now, log });
  undo.push(() => approvals.close());
  const upstreams = keepUpstreams({ pool, keeper, clock, version, log });
  undo.push(() => upstreams.close());
  const mail = smtpUrl ? { mail: smtpTransport(smtpUrl, mailFrom) } : {};
  undo.push(async () => mail.mail?.close());
  const wallNow = () => Temporal.Now.instant();
  const sweeper = keepSweeping({ sweeps: sweeps({ pool, keeper, wallNow, ...mail }), now, log });
  undo.push(() => sweeper.close());
  return {
    upstreams,
    ...mail,
    async settle() {
      await approvals.look();
      await sweeper.settle();
    },
  };
}

/** The reconcilers that look after what is due by the service's clock. */
function sweeps(options: NoticeOptions & { readonly mail?: MailTransport }): Sweep[] {
  const { pool, mail, wallNow } = options;
  const notices = { name: 'notices', every: { minutes: 15 }, run: (at: Temporal.Instant) => writeNotices(options, at) };
  if (!mail) return [notices];
  return [notices, { name: 'mail', every: { minutes: 1 }, run: () => sendDueNotices(pool, mail, wallNow) }];
}
