import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { closeIncident, listIncidents, openIncident } from '#contract/endpoints/incidents.ts';

const WHO = { type: 'string', value: 'NAME', description: "who tells it; default: the token's name" } as const;

export const incidentsOpen = command({
  name: 'incidents open',
  group: 'Waves',
  summary: 'Tell of an incident: while it is open, gates that ask for none wait.',
  positionals: { title: { value: 'TITLE', description: 'what is wrong, in a sentence' } },
  options: {
    customer: { type: 'string', value: 'NAME', required: true, description: 'where it is' },
    server: { type: 'string', value: 'SERVER', description: 'server id, client id or DNS name' },
    reference: { type: 'string', value: 'TEXT', description: 'in a ticket system' },
    who: WHO,
  },
  run: ({ args: { title }, options: { customer, server, reference, who }, service }) =>
    service.call(openIncident, { body: { customer, title, ...defined({ server, reference, who }) } }),
  show: ({ incidentId, customer }) => `Open at ${customer}. Close it with: incidents close ${incidentId}`,
});

export const incidentsList = command({
  name: 'incidents list',
  group: 'Waves',
  summary: 'Incidents, the latest first.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only of this customer' },
    open: { type: 'boolean', description: 'only those that are open' },
    ...LIST_OPTIONS,
  },
  run({ options: { customer, open, ...options }, service }) {
    const wanted = { ...defined({ customer }), open: open ? 'true' : 'false' };
    return listed(options, (query) => service.call(listIncidents, { query: { ...query, ...wanted } }));
  },
  show(shown, page) {
    const columns = [
      { title: 'Incident' },
      { title: 'Customer' },
      { title: 'Server' },
      { title: 'Title' },
      { title: 'Reference' },
      { title: 'Opened' },
      { title: 'Closed' },
    ] as const;
    const rows = shown.items.map(({ incidentId, customer, server, title, reference, openedAt, closed }) => [
      ...[incidentId, customer, server, title, reference, shortUtc(openedAt), shortUtc(closed?.at)],
    ]);
    return table(page, columns, rows, 'No incidents.') + andMore(shown);
  },
});

export const incidentsClose = command({
  name: 'incidents close',
  group: 'Waves',
  summary: 'End an incident.',
  positionals: { incident: { value: 'ID', description: 'the id, as `incidents list` prints it' } },
  options: { why: { type: 'string', required: true, description: 'the reason, for the record' }, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(closeIncident, { params: args, body: { why, ...defined({ who }) } }),
  show: ({ title, customer }) => `Closed at ${customer}: ${title}`,
});
