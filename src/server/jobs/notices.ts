import type pg from 'pg';
import type { Window } from '#domain/calendar/plan.ts';
import { decide } from '#domain/decide/decide.ts';
import { groupKey } from '#domain/decide/deployment-set.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import { failureLetter, restartLetter, type ServerLine } from '#domain/notice/letters.ts';
import { findingsAhead } from '#domain/readiness/readiness.ts';
import { withExpectedTurns } from '#domain/rollout/expected-turn.ts';
import { explainHresult, hresultText } from '#domain/status/hresult.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { standingOf } from '#server/facts/standing.ts';
import { notice, windowFinder } from '#server/jobs/notice-parts.ts';
import { addNotice, lastFailureNotice, type NewNotice } from '#server/store/notices.ts';
import { listOwnedFailures, listOwnedServers, type OwnedFailure } from '#server/store/owners.ts';

/** Owners hear of a window that may restart their servers this long before it opens. */
const AHEAD = { hours: 24 };
/** A failure is told of once; what failed longer ago than this was told, or nobody listened. */
const FAILURES_OF = { hours: 24 };
/** Failures are gathered for so long before a mail says what came. */
const GATHERED = { minutes: 30 };
const PAGE = 1_000;
const MOST_FAILURES = 10_000;

export interface NoticeOptions {
  readonly pool: pg.Pool;
  readonly keeper: Pick<FactsKeeper, 'current' | 'directory'>;
  /** Wall time, for the first attempt. */
  readonly wallNow: () => Temporal.Instant;
}

/**
 * Writes the notices that are due at an instant: to owners of servers that may restart in a window of the next day, and of servers on
 * which installations failed. Asking twice writes nothing twice. Returns how many are new.
 */
export async function writeNotices(options: NoticeOptions, at: Temporal.Instant): Promise<number> {
  const notices = [...(await restartNotices(options, at)), ...(await failureNotices(options, at))];
  let added = 0;
  for (const notice of notices) added += Number(await addNotice(options.pool, notice, options.wallNow()));
  return added;
}

interface Occasion {
  readonly customerId: string;
  readonly recipient: string;
  readonly zone: string;
  readonly window: Window;
  readonly servers: ServerLine[];
}

async function restartNotices({ pool, keeper }: NoticeOptions, at: Temporal.Instant): Promise<NewNotice[]> {
  const directory = keeper.directory();
  const nextWindow = windowFinder(at, AHEAD);
  const restarts = restartFinder(keeper.current());
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
      const { needed, recipient, dnsName } = row;
      const server = known[place] && expectedAt(known[place], window, at);
      const lines = server ? restarts(server, needed, window.start) : [];
      if (!server?.customerId || lines.length === 0) continue;
      const { customerId, zone } = server;
      const key = ['restart', customerId, recipient, zone, window.start, window.end].join(' ');
      const occasion = occasions.get(key) ?? { customerId, recipient, zone, window, servers: [] };
      occasion.servers.push({ server: dnsName, lines });
      occasions.set(key, occasion);
    }
    after = rows.at(-1)?.serverId;
    if (rows.length < PAGE) break;
  }
  return [...occasions].map(([key, { customerId, recipient, zone, window, servers }]) => {
    const customer = directory.customers.get(customerId)?.name ?? '';
    const letter = restartLetter({ customer, zone, start: window.start, end: window.end }, servers);
    return notice('restart', key, customerId, recipient, letter, at);
  });
}

/**
 * A server as it will be when its window opens, if the turns that may still come do; undefined when it will not be ready. What comes again
 * and again, such as backups, will have come.
 */
function expectedAt(server: ServerFacts, { start }: Window, at: Temporal.Instant): ServerFacts | undefined {
  if (findingsAhead(server, start, at).some(({ check }) => check !== 'failures')) return undefined;
  const { readiness: _, rollout, ...rest } = server;
  return { ...rest, ...(rollout ? { rollout: withExpectedTurns(rollout, start) } : {}) };
}

/** Titles of the needed updates that a server is offered at an instant and that may restart it. */
function restartFinder(facts: Facts) {
  const known = new Map<string, string | undefined>();
  return (server: ServerFacts, needed: readonly string[], at: Temporal.Instant): string[] => {
    const group = groupKey(server, facts, at);
    return needed.flatMap((updateId) => {
      const key = `${group} ${at} ${updateId}`;
      if (!known.has(key)) {
        const update = facts.catalogue.latest(updateId);
        const restarts = update && facts.catalogue.reboot(update) !== 'NeverReboots';
        known.set(key, restarts && decide(server, update, facts, at).offered ? update.title : undefined);
      }
      return known.get(key) ?? [];
    });
  };
}

async function failureNotices({ pool, keeper }: NoticeOptions, at: Temporal.Instant): Promise<NewNotice[]> {
  const failures = await listOwnedFailures(pool, at.subtract(FAILURES_OF), at, MOST_FAILURES);
  const perOwner = Map.groupBy(failures, ({ customerId, recipient }) => `${customerId} ${recipient}`);
  const notices: NewNotice[] = [];
  for (const all of perOwner.values()) {
    const [{ customerId, recipient }] = all as [OwnedFailure];
    const told = await lastFailureNotice(pool, customerId, recipient);
    const fresh = told ? all.filter(({ receivedAt }) => isBefore(told, receivedAt)) : all;
    const [first] = fresh;
    const isRipe = first && !isBefore(at, first.receivedAt.add(GATHERED));
    if (!isRipe) continue;
    const customer = keeper.directory().customers.get(customerId)?.name ?? '';
    const letter = failureLetter(customer, serverLines(fresh, keeper.current()));
    const key = ['failure', customerId, recipient, first.receivedAt].join(' ');
    notices.push(notice('failure', key, customerId, recipient, letter, at));
  }
  return notices;
}

function serverLines(failures: readonly OwnedFailure[], { catalogue }: Facts): ServerLine[] {
  return [...Map.groupBy(failures, ({ dnsName }) => dnsName)].map(([server, all]) => ({
    server,
    lines: all.map(({ updateId, hresult }) => {
      const title = catalogue.latest(updateId)?.title ?? updateId;
      if (hresult === null) return title;
      const known = explainHresult(hresult);
      return `${title}: ${hresultText(hresult)}${known ? `, ${known.meaning}` : ''}`;
    }),
  }));
}
