import { CodedError } from '#contract/errors.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { isZone } from '#domain/calendar/zone.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { type Preference, findUpdate as search } from '#domain/decide/find-update.ts';
import type { Region } from '#domain/fleet/region.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import { findServerIdsByDnsName } from '#server/store/fleet-views.ts';
import { findServer as byId, findServerByClientId, type ServerRow } from '#server/store/servers.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A customer by name or id; `not-found` else. */
export function findCustomer({ keeper }: ApiDeps, name: string): CustomerRow {
  const { customers } = keeper.directory();
  const found = customers.get(name.toLowerCase()) ?? customers.values().find((customer) => customer.name === name);
  if (!found) throw new CodedError('not-found', `There is no customer "${name}".`);
  return found;
}

/** A plan that a customer may use (without one: every customer); `not-found` else. */
export function findPlan({ keeper }: ApiDeps, name: string, customerId?: string): Plan {
  const plan = keeper.directory().plan(name, customerId);
  if (!plan) throw new CodedError('not-found', `There is no plan "${name}".`);
  return plan;
}

/** A region by name or alias; `not-found` else. */
export function findRegion({ keeper }: ApiDeps, name: string): Region {
  const region = keeper.directory().region(name);
  if (!region) throw new CodedError('not-found', `There is no region "${name}".`);
  return region;
}

/** Refuses what is no IANA zone. */
export function checkZone(zone: string): void {
  if (!isZone(zone)) throw new CodedError('usage.wrong', `"${zone}" is not an IANA zone such as Europe/London.`);
}

/** A server by id, client id or DNS name; `ambiguous` when several claim the name, `not-found` when none does. */
export async function findServer({ pool, keeper }: ApiDeps, name: string): Promise<ServerRow> {
  const known = (GUID.test(name) ? await byId(pool, name) : undefined) ?? (await findServerByClientId(pool, name));
  if (known) return known;
  const ids = await findServerIdsByDnsName(pool, name);
  const rows = (await Promise.all(ids.map((id) => byId(pool, id)))).filter((row) => row !== undefined);
  const [row, second] = rows;
  if (!row) throw new CodedError('not-found', `There is no server "${name}".`);
  if (!second) return row;
  const { customers } = keeper.directory();
  const candidates = rows.map(({ serverId, customerId, dnsName }) => {
    const customer = customerId === null ? undefined : customers.get(customerId);
    return `${serverId}  ${dnsName}  ${customer?.name ?? 'unassigned'}`;
  });
  throw new CodedError('ambiguous', `${rows.length} servers are called "${name}".`, candidates);
}

/** An update by id, KB or part of its title; `ambiguous` with the candidates when several fit. */
export function findUpdate({ keeper }: ApiDeps, name: string, preference?: Preference): Revision {
  const found = search(keeper.current().catalogue, name, preference);
  if (found.ok) return found.update;
  if (found.code === 'not-found') throw new CodedError('not-found', `The catalogue has no update "${name}".`);
  const candidates = found.candidates.map(({ updateId, title }) => `${updateId}  ${title}`);
  throw new CodedError('ambiguous', `"${name}" fits more than one update.`, candidates);
}
