import * as z from 'zod';
import type { EndpointInput } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/fleet.ts';
import type { Compliance } from '#domain/decide/compliance.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { type ServerView, serverViews } from '#server/api/server-view.ts';
import {
  type ListedServer,
  listFleet,
  listTargets,
  type ReportedStanding,
  type ServerFilter,
  type ServerPage,
} from '#server/store/fleet-views.ts';

type Query = EndpointInput<typeof contract.listServers>['query'];

/** Which of the needed updates are due is no matter of SQL: such servers are looked at in stretches, at most so many in a call. */
const LONGEST_STRETCH = 1_000;
const MOST_SCANNED = 20_000;

export const listServers: Handler<typeof contract.listServers> = async (deps, { query }, { at }) => {
  const { sort, limit } = query;
  const filter = await filterOf(deps, query);
  const stretch = filter.standing === 'evaluated' ? LONGEST_STRETCH : limit;
  const items: ServerView[] = [];
  let after = query.after === undefined ? undefined : placeOf(sort, query.after);
  for (let scanned = 0; scanned < MOST_SCANNED; scanned += stretch) {
    const rows = await listFleet(deps.pool, filter, { sort, after, limit: stretch });
    const views = await serverViews(deps, rows, at);
    for (const [index, row] of rows.entries()) {
      const view = views[index];
      after = [keyOf(sort, row), row.serverId];
      if (view && isWanted(view, query)) items.push(view);
      if (items.length === limit) return { items, next: cursorOf(sort, after) };
    }
    if (rows.length < stretch || !after) return { items };
  }
  return { items, ...(after ? { next: cursorOf(sort, after) } : {}) };
};

/** Settles what the statement only narrows down. */
function isWanted(server: ServerView, { compliance, plan, os }: Query): boolean {
  return (
    (compliance === undefined || server.compliance === compliance) &&
    (plan === undefined || server.plan === plan) &&
    (os === undefined || server.os === os)
  );
}

async function filterOf(deps: ApiDeps, { customer, search, compliance, plan, os }: Query): Promise<ServerFilter> {
  return {
    ...(customer === undefined ? {} : { customerId: findCustomer(deps, customer).customerId }),
    ...(search === undefined ? {} : { search }),
    ...(plan === undefined ? {} : { plan }),
    ...(os === undefined ? {} : { targets: await targetsOf(deps, os) }),
    ...(compliance === undefined ? {} : { standing: STANDING[compliance] }),
  };
}

/** The kinds of machine in the fleet that have this name. */
async function targetsOf({ pool }: ApiDeps, os: string): Promise<NonNullable<ServerFilter['targets']>> {
  if (operatingSystem({}) === os) return [{ osBuild: null, productType: null }];
  const known = await listTargets(pool);
  return known.filter(({ osBuild, productType }) => {
    return operatingSystem({ osBuild, ...(productType === null ? {} : { productType }) }) === os;
  });
}

/** What of a server's compliance its agent's word alone decides. */
const STANDING: { readonly [state in Compliance]: ReportedStanding } = {
  compliant: 'evaluated',
  'not-compliant': 'evaluated',
  'pending-restart': 'pending-restart',
  failed: 'failed',
  unknown: 'unknown',
};

type Place = NonNullable<ServerPage['after']>;

const BY_NAME = z.tuple([z.string(), z.guid()]);
const BY_CONTACT = z.tuple([z.literal('last-contact'), z.iso.datetime(), z.guid()]);

/** Where the page before ended; a cursor of the other order is refused. */
function placeOf(sort: ServerPage['sort'], cursor: string): Place {
  if (sort === 'name') return readCursor(BY_NAME, cursor);
  const [, lastSeen, serverId] = readCursor(BY_CONTACT, cursor);
  return [lastSeen, serverId];
}

function cursorOf(sort: ServerPage['sort'], place: Place): string {
  return writeCursor(sort === 'name' ? place : [sort, ...place]);
}

function keyOf(sort: ServerPage['sort'], { dnsName, lastSeen }: ListedServer): string {
  return sort === 'name' ? dnsName : lastSeen.toString();
}
