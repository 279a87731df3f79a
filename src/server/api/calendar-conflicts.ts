import { setImmediate as otherWork } from 'node:timers/promises';
import * as z from 'zod';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/calendar.ts';
import { type CalendarConflict, calendarConflicts } from '#domain/calendar/conflicts.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { windowShown } from '#server/api/late-windows.ts';
import { listBackupSlots } from '#server/store/backup-slots.ts';
import { listServers } from '#server/store/servers.ts';

const AT_A_TIME = 500;

type Shown = EndpointResult<typeof contract.listCalendarConflicts>['items'][number];

/** Looks on until the page is full or no server is left: most servers have no conflict. */
export const listCalendarConflicts: Handler<typeof contract.listCalendarConflicts> = async (
  deps,
  { query },
  { at },
) => {
  const { customer, after: cursor, limit } = query;
  const [dnsName, serverId] = cursor === undefined ? [] : readCursor(z.tuple([z.string(), z.guid()]), cursor);
  let after = dnsName === undefined || serverId === undefined ? undefined : { dnsName, serverId };
  const of = customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId };
  const directory = deps.keeper.directory();
  const conflictsOf = remembered(at);
  const found: Shown[] = [];
  for (;;) {
    const rows = await listServers(deps.pool, { ...of, ...(after ? { after } : {}), limit: AT_A_TIME });
    const ids = rows.map((row) => row.serverId);
    const slots = await listBackupSlots(deps.pool, ids);
    for (const row of rows) {
      const { plan, kindPlans, zone, mode } = directory.serverFacts(row, NOTHING_REPORTED);
      if (!plan || mode !== 'managed' || row.customerId === null) continue;
      const slot = slots.get(row.serverId);
      const conflicts = [...(await conflictsOf(plan, zone, slot))];
      for (const [kind, own] of kindPlans ?? [])
        for (const { text, ...told } of await conflictsOf(own, zone, slot))
          conflicts.push({ ...told, text: `Plan "${own.name}" for ${kind}: ${text}` });
      if (conflicts.length === 0) continue;
      found.push({
        serverId: row.serverId,
        dnsName: row.dnsName,
        customer: directory.customers.get(row.customerId)?.name ?? '',
        plan: plan.name,
        zone,
        conflicts: conflicts.map(({ window, ...told }) => ({ ...told, window: windowShown(window, zone) })),
      });
      if (found.length > limit) break;
    }
    after = rows.at(-1);
    if (found.length > limit || rows.length < AT_A_TIME) break;
  }
  return pageOf(
    found,
    limit,
    (last) => [last.dnsName, last.serverId],
    (one) => one,
  );
};

/** Servers that the same calendars reach share one plan object, so that each is looked at once. */
function remembered(at: Temporal.Instant) {
  const known = new Map<Plan, Map<string, readonly CalendarConflict[]>>();
  return async (plan: Plan, zone: string, slot: LocalSpan | undefined): Promise<readonly CalendarConflict[]> => {
    const own = known.get(plan) ?? new Map<string, readonly CalendarConflict[]>();
    known.set(plan, own);
    const key = JSON.stringify([zone, slot]);
    const before = own.get(key);
    if (before) return before;
    await otherWork(); // a year of windows takes a while: clients are served in between
    const conflicts = calendarConflicts(plan, zone, at, slot);
    own.set(key, conflicts);
    return conflicts;
  };
}
