import type pg from 'pg';
import type { Logger } from 'pino';
import type { Settings } from '#contract/settings.ts';
import type { Clock } from '#server/clock.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { type Directories, keepDirectories } from '#server/integrations/directory/directories.ts';
import { type MailTransport, smtpTransport } from '#server/integrations/mail/transport.ts';
import { keepApprovals } from '#server/jobs/approvals.ts';
import { sweepCampaigns } from '#server/jobs/campaigns/sweep.ts';
import { type HookCalls, keepHookCalls } from '#server/jobs/hooks.ts';
import { keepHouse } from '#server/jobs/housekeeping.ts';
import { inventorySweep } from '#server/jobs/inventory.ts';
import { sendDueNotices } from '#server/jobs/mail.ts';
import { type NoticeOptions, writeNotices } from '#server/jobs/notices.ts';
import { writeReadinessNotices } from '#server/jobs/readiness-notices.ts';
import { keepSweeping, type Sweep } from '#server/jobs/sweeps.ts';
import type { Secrets } from '#server/secrets.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import type { Upstreams } from '#server/sources/upstream/upstreams.ts';
import type { Undo } from './undo.ts';

/** What goes on beside the answers. */
export interface Background {
  readonly upstreams: Upstreams;
  readonly directories: Directories;
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
  readonly secrets: Secrets;
  readonly version: string;
  readonly log: Logger;
}

/** Starts housekeeping, the journal of approvals, the upstream pulls, the readings of directories, notices and mail. */
export function startBackground(options: BackgroundOptions, undo: Undo): Background {
  const { pool, settings, keeper, clock, secrets, version, log } = options;
  const { smtpUrl, mailFrom, eventRetentionDays } = settings;
  const now = () => clock.now();
  const house = keepHouse({ pool, now, log, eventRetentionDays });
  undo.push(() => house.close());
  const approvals = keepApprovals({ pool, keeper, clock, now, log });
  undo.push(() => approvals.close());
  const upstreams = keepUpstreams({ pool, keeper, clock, version, log });
  undo.push(() => upstreams.close());
  const directories = keepDirectories({ pool, clock, secrets, log });
  undo.push(() => directories.close());
  const wallNow = () => Temporal.Now.instant();
  const hooks = keepHookCalls({ pool, clock, secrets, wallNow });
  undo.push(() => hooks.close());
  const mail = smtpUrl ? { mail: smtpTransport(smtpUrl, mailFrom) } : {};
  undo.push(async () => mail.mail?.close());
  const sweeper = keepSweeping({
    sweeps: sweeps({ pool, keeper, clock, directories, hooks, wallNow, ...mail }),
    now,
    log,
  });
  undo.push(() => sweeper.close());
  return {
    upstreams,
    directories,
    ...mail,
    async settle() {
      await approvals.look();
      await sweeper.settle();
    },
  };
}

type SweepOptions = NoticeOptions &
  Pick<Background, 'directories' | 'mail'> &
  Pick<BackgroundOptions, 'clock'> & { readonly hooks: HookCalls };

/** The reconcilers that look after what is due by the service's clock. */
function sweeps(options: SweepOptions): Sweep[] {
  const { pool, directories, hooks, mail, wallNow } = options;
  const notices = { name: 'notices', every: { minutes: 15 }, run: (at: Temporal.Instant) => writeNotices(options, at) };
  const campaigns = {
    name: 'campaigns',
    every: { minutes: 1 },
    run: (at: Temporal.Instant) => sweepCampaigns(options, at),
  };
  const readiness = {
    name: 'readiness notices',
    every: { minutes: 15 },
    run: (at: Temporal.Instant) => writeReadinessNotices(options, at),
  };
  const calls = { name: 'hooks', every: { minutes: 1 }, run: (at: Temporal.Instant) => hooks.run(at) };
  const daily = {
    name: 'directories',
    every: { minutes: 15 },
    run: (at: Temporal.Instant) => directories.startDue(at),
  };
  const always = [inventorySweep(pool), campaigns, calls, notices, readiness, daily];
  if (!mail) return always;
  return [...always, { name: 'mail', every: { minutes: 1 }, run: () => sendDueNotices(pool, mail, wallNow) }];
}
