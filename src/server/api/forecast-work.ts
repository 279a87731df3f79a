import type { Window } from '#domain/calendar/plan.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { type PlannedWork, placeWork } from '#domain/rollout/planned-work.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { listPlannedWork } from '#server/store/planned-work.ts';

/** Works of one server that are looked at. */
const MOST_WORKS = 200;

/** Puts what other tools will install on a server into its windows, asked in order. */
export async function workPlacer({ pool }: ApiDeps, server: ServerFacts) {
  const { serverId, customerId, group, plan } = server;
  const mine =
    customerId === undefined ? undefined : { serverId, customerId, ...(group === undefined ? {} : { group }) };
  let open: readonly PlannedWork[] = mine
    ? await listPlannedWork(pool, { state: 'open', server: mine, limit: MOST_WORKS })
    : [];
  return (window: Window) => {
    const { placed, later } = placeWork(open, window, plan?.runMinutes ?? 0);
    open = later;
    return placed.map(({ work: { title, kind, tool, restarts }, start, end }) => ({
      ...{ title, kind, tool, restarts },
      start: start.toString(),
      end: end.toString(),
    }));
  };
}
