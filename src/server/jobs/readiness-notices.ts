import type { Window } from '#domain/calendar/plan.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { readinessLetter, type UnreadyServer } from '#domain/notice/readiness-letter.ts';
import { findingsAhead } from '#domain/readiness/readiness.ts';
import { standingOf } from '#server/facts/standing.ts';
import { notice, windowFinder } from '#server/jobs/notice-parts.ts';
import type { NoticeOptions } from '#server/jobs/notices.ts';
import { addNotice, type NewNotice } from '#server/store/notices.ts';
import { listOwnedServers } from '#server/store/owners.ts';

/** Owners hear so long before the window that a server is not ready, */
const FIRST = { hours: 72 };
/** and once more so long before it. */
const AGAIN = { hours: 24 };
const PAGE = 1_000;

interface Occasion {
  readonly customerId: string;
  readonly recipient: string;
  readonly zone: string;
  readonly window: Window;
  readonly servers: UnreadyServer[];
}

/**
 * Writes the notices to owners of servers that need something, have a window within three days and are not ready for it. Asking twice writes
 * nothing twice. Returns how many are new.
 */
export async function writeReadinessNotices(options: NoticeOptions, at: Temporal.Instant): Promise<number> {
  let added = 0;
  for (const one of await readinessNotices(options, at))
    added += Number(await addNotice(options.pool, one, options.wallNow()));
  return added;
}

async function readinessNotices({ pool, keeper }: NoticeOptions, at: Temporal.Instant): Promise<NewNotice[]> {
  const directory = keeper.directory();
  const { catalogue } = keeper.current();
  const nextWindow = windowFinder(at, FIRST);
  const occasions = new Map<string, Occasion>();
  for (let after: string | undefined; ; ) {
    const rows = await listOwnedServers(pool, after, PAGE);
    const coming = rows.flatMap((row) => {
      const server = directory.serverFacts(row, NOTHING_REPORTED);
      const window = server.mode === 'managed' ? nextWindow(server) : undefined;
      return window ? [{ row, server, window }] : [];
    });
    const servers = coming.map(({ server }) => server);
    const known = await standingOf(pool, directory, servers, at);
    for (const [place, { row, window }] of coming.entries()) {
      const server = known[place];
      if (!server?.customerId) continue;
      const findings = findingsAhead(server, window.start, at).map((one) => {
        const title = one.check === 'failures' ? catalogue.latest(one.subject ?? '')?.title : undefined;
        return title === undefined ? one : { ...one, text: `${title}: ${one.text}` };
      });
      if (findings.length === 0) continue;
      const { customerId, zone } = server;
      const stage = isBefore(at, window.start.subtract(AGAIN)) ? FIRST : AGAIN;
      const key = ['readiness', stage.hours, customerId, row.recipient, zone, window.start].join(' ');
      const occasion = occasions.get(key) ?? { customerId, recipient: row.recipient, zone, window, servers: [] };
      occasion.servers.push({ server: row.dnsName, findings });
      occasions.set(key, occasion);
    }
    after = rows.at(-1)?.serverId;
    if (rows.length < PAGE) break;
  }
  return [...occasions].map(([key, { customerId, recipient, zone, window, servers }]) => {
    const customer = directory.customers.get(customerId)?.name ?? '';
    const letter = readinessLetter({ customer, zone, start: window.start }, servers);
    return notice('readiness', key, customerId, recipient, letter, at);
  });
}
