import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/incidents.ts';
import { CodedError } from '#contract/errors.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findServer } from '#server/api/find.ts';
import {
  addIncident,
  endIncident,
  findIncident,
  type IncidentRow,
  pageOfIncidents,
} from '#server/store/campaigns/incidents.ts';

export const openIncident: Handler<typeof contract.openIncident> = async (deps, { body }, { name, at }) => {
  const { customerId } = findCustomer(deps, body.customer);
  const server = body.server === undefined ? undefined : await findServer(deps, body.server);
  if (server && server.customerId !== customerId)
    throw new CodedError('usage.wrong', `server: "${server.dnsName}" does not belong to the customer.`);
  const { who = name, title, reference = null } = body;
  const row: IncidentRow = {
    ...{ incidentId: randomUUID(), customerId, serverId: server?.serverId ?? null, server: server?.dnsName ?? null },
    ...{ title, reference, who, openedAt: at, closedAt: null, closedBy: null },
  };
  await change(deps, async (client) => {
    await addIncident(client, row);
    const facts = { title, reference, token: name };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'incident.opened', subject: subjectOf(row), facts, customerId }],
    };
  });
  return shown(deps, row);
};

export const listIncidents: Handler<typeof contract.listIncidents> = async (deps, { query }) => {
  const { customer, open, after, limit } = query;
  const [openedAt, incidentId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const rows = await pageOfIncidents(deps.pool, {
    customerId: customer === undefined ? undefined : findCustomer(deps, customer).customerId,
    open,
    after: openedAt && incidentId ? { openedAt: Temporal.Instant.from(openedAt), incidentId } : undefined,
    limit: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (last) => [last.openedAt.toString(), last.incidentId],
    (row) => shown(deps, row),
  );
};

export const closeIncident: Handler<typeof contract.closeIncident> = async (deps, { params, body }, { name, at }) => {
  const { who = name, why } = body;
  const row = await findIncident(deps.pool, params.incident);
  if (!row) throw new CodedError('not-found', `There is no incident ${params.incident}.`);
  const { customerId } = row;
  await change(deps, async (client) => {
    if (!(await endIncident(client, row.incidentId, who, at)))
      throw new CodedError('not-found', `The incident ${row.incidentId} is over already.`);
    const facts = { why, token: name };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'incident.closed', subject: subjectOf(row), facts, customerId }],
    };
  });
  return shown(deps, { ...row, closedAt: at, closedBy: who });
};

function shown({ keeper }: ApiDeps, row: IncidentRow) {
  const { incidentId, customerId, server, title, reference, who, openedAt, closedAt, closedBy } = row;
  return {
    ...{ incidentId, customer: keeper.directory().customers.get(customerId)?.name ?? customerId, title, who },
    openedAt: openedAt.toString(),
    ...(server === null ? {} : { server }),
    ...(reference === null ? {} : { reference }),
    ...(closedAt && closedBy !== null ? { closed: { at: closedAt.toString(), who: closedBy } } : {}),
  };
}

function subjectOf({ incidentId, server }: IncidentRow) {
  return { incident: incidentId, server };
}
