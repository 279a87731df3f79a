import * as z from 'zod';
import type * as contract from '#contract/endpoints/readiness.ts';
import { windowsFrom } from '#domain/calendar/windows.ts';
import { ROLES } from '#domain/fleet/roles.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';
import { type Assessment, assessments } from '#domain/readiness/readiness.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { evidenceShown } from '#server/api/evidence-shown.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import { standingOf } from '#server/facts/standing.ts';
import { latestEvidence, machineOfServer } from '#server/store/evidence.ts';
import { listFleet } from '#server/store/fleet-views.ts';
import { listRecoveryPaths } from '#server/store/machines-recovery.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** Whether a server is ready is no matter of SQL: so many are looked at in one go, and at most so many in a call. */
const STRETCH = 500;
const MOST_SCANNED = 5_000;
/** Servers that are not managed are passed over: a small page must not ask for them one by one. */
const LEAST_STRETCH = 50;

export const showReadiness: Handler<typeof contract.showReadiness> = async (deps, { params }, { at }) => {
  const row = await findServer(deps, params.server);
  const [server] = await known(deps, [row], at);
  if (!server) throw new Error(`the server ${row.serverId} is gone`);
  const machineId = await machineOfServer(deps.pool, row.serverId);
  const evidence = machineId === undefined ? [] : await latestEvidence(deps.pool, machineId);
  const policy = deps.keeper.directory().readinessPolicy(server.customerId);
  const checks = assessments(server, at);
  const window = server.plan && windowsFrom(server.plan, server.zone, at).next().value;
  return {
    ...headOf(deps, server, row.dnsName),
    policy: policy.name,
    zone: server.zone,
    ready: checks.every(isFine),
    checks: checks.map((check) => checkShown(deps, check)),
    evidence: evidence.map(evidenceShown),
    recovery: await recoveryPaths(deps, server),
    ...(window ? { window: { start: window.start.toString(), end: window.end.toString() } } : {}),
  };
};

export const listReadiness: Handler<typeof contract.listReadiness> = async (deps, { query }, { at }) => {
  const { customer, notReady, limit } = query;
  const filter = customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId };
  const stretch = notReady ? STRETCH : Math.max(limit, LEAST_STRETCH);
  const items = [];
  let after = query.after === undefined ? undefined : readCursor(z.tuple([z.string(), z.guid()]), query.after);
  for (let scanned = 0; scanned < MOST_SCANNED; scanned += stretch) {
    const rows = await listFleet(deps.pool, filter, { sort: 'name', after, limit: stretch });
    const servers = await known(deps, rows, at);
    for (const [place, { dnsName, serverId }] of rows.entries()) {
      after = [dnsName, serverId];
      const server = servers[place];
      if (server?.mode !== 'managed') continue;
      const failing = assessments(server, at).filter(({ ok }) => !ok);
      const findings = failing.filter((one) => !isFine(one));
      if (notReady && findings.length === 0) continue;
      items.push({
        ...headOf(deps, server, dnsName),
        ready: findings.length === 0,
        findings: findings.map((one) => findingShown(deps, one)),
        overridden: failing.filter(isFine).map(({ check }) => check),
      });
      if (items.length === limit) return { items, next: writeCursor(after) };
    }
    if (rows.length < stretch || !after) return { items };
  }
  return { items, ...(after ? { next: writeCursor(after) } : {}) };
};

/** Servers with what is on record of them, in the order of their rows. */
function known(
  { pool, keeper }: ApiDeps,
  rows: readonly AssignedServer[],
  at: Temporal.Instant,
): Promise<ServerFacts[]> {
  const directory = keeper.directory();
  const servers = rows.map((row) => directory.serverFacts(row, NOTHING_REPORTED));
  return standingOf(pool, directory, servers, at);
}

function isFine({ ok, override }: Assessment): boolean {
  return ok || override !== undefined;
}

function headOf({ keeper }: ApiDeps, { serverId, customerId, inventory }: ServerFacts, dnsName: string) {
  const customer = customerId === undefined ? undefined : keeper.directory().customers.get(customerId)?.name;
  return {
    serverId,
    dnsName,
    ...(customer === undefined ? {} : { customer }),
    tier: inventory?.tier ?? 'unknown',
  } as const;
}

function checkShown(deps: ApiDeps, assessment: Assessment) {
  const { demanded, found, ok, override } = assessment;
  const { overrideId = '', who = '', why = '', expires } = override ?? {};
  return {
    ...findingShown(deps, assessment),
    ...{ demanded, found, ok },
    ...(expires ? { override: { overrideId, who, why, expires: expires.toString() } } : {}),
  };
}

/** Of an update that failed the title is told. */
function findingShown({ keeper }: ApiDeps, { check, text, subject }: Assessment) {
  if (subject === undefined) return { check, text };
  const title = check === 'failures' ? keeper.current().catalogue.latest(subject)?.title : undefined;
  return { check, text, subject: title ?? subject };
}

/** How a server comes back when an update breaks it, by each of its roles; as its customer says, else as the roles have it. */
async function recoveryPaths({ pool }: ApiDeps, { customerId, inventory }: ServerFacts) {
  const { roles = [] } = inventory ?? {};
  const own = customerId === undefined || roles.length === 0 ? undefined : await listRecoveryPaths(pool, customerId);
  return roles.map((role) => ({ role: ROLES[role].title, ...(own?.get(role) ?? ROLES[role].recovery) }));
}
