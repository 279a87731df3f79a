import { command } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { listKinds, setKindPlan } from '#contract/endpoints/kinds.ts';
import { CodedError } from '#contract/errors.ts';

const WHOM = {
  customer: { type: 'string', value: 'NAME', description: 'for all servers of this customer' },
  server: { type: 'string', value: 'NAME', description: 'for this server: id, client id or DNS name' },
} as const;

export const kindsList = command({
  name: 'kinds list',
  group: 'Customers and servers',
  summary: 'Kinds of patching, and which have a plan of their own for a customer or a server.',
  options: WHOM,
  run: ({ options: { customer, server }, service }) =>
    service.call(listKinds, { query: defined({ customer, server }) }),
  show: kindsText,
});

export const kindsSet = command({
  name: 'kinds set',
  group: 'Customers and servers',
  summary: 'Give a kind of patching a plan of its own.',
  more: 'Such a plan is offered in its windows only, without a lead: the agent has one schedule, that of its own plan. Its servers need the settings task, so that they ask in those windows.',
  positionals: {
    kind: {
      value: 'KIND',
      description: 'cumulative, dotnet, definitions, drivers, firmware, agents, third-party, emergency',
    },
  },
  options: {
    ...WHOM,
    plan: { type: 'string', value: 'NAME', description: 'plan; see `plan list`' },
    'no-plan': { type: 'boolean', description: "the server's own plan again" },
  },
  run({ args, options: { customer, server, plan, ...no }, service }) {
    if ((plan === undefined) !== no['no-plan']) throw new CodedError('usage.wrong', 'name --plan or --no-plan');
    return service.call(setKindPlan, {
      params: { kind: args.kind as Kind },
      body: { plan: plan ?? null, ...defined({ customer, server }) },
    });
  },
  show: kindsText,
});

type Kinds = EndpointResult<typeof listKinds>;
type Kind = Kinds['items'][number]['kind'];

function kindsText({ items }: Kinds, page: Page): string {
  const columns = [{ title: 'Kind' }, { title: 'Plan' }, { title: 'By' }, { title: 'What it is' }] as const;
  const rows = items.map(({ kind, plan, from, title }) => [kind, plan ?? "the server's own", from ?? '', title]);
  return table(page, columns, rows, '');
}
