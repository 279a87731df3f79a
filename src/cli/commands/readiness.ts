import { command } from '#cli/command.ts';
import { EVIDENCE_COLUMNS, evidenceRow } from '#cli/commands/evidence.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { local, utc } from '#cli/output/moments.ts';
import { mark, type Page, strong } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import {
  checkReadinessPolicy,
  listReadiness,
  putReadinessPolicy,
  showReadiness,
  showReadinessPolicy,
} from '#contract/endpoints/readiness.ts';

const LARGEST_POLICY = 256 * 1024;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const FILE = {
  value: 'FILE',
  description: 'a readiness policy in YAML or JSON; docs/readiness.md explains it',
} as const;
const OF = {
  type: 'string',
  value: 'NAME',
  description: 'of this customer; default: of all that have none of their own',
} as const;

export const readinessShow = command({
  name: 'readiness show',
  group: 'Readiness',
  summary: 'What is demanded of a server before its turn, and what is on record.',
  positionals: { server: { value: 'SERVER', description: 'id, client id or DNS name' } },
  run: ({ args, service }) => service.call(showReadiness, { params: args }),
  failed: ({ ready }) => !ready,
  show(shown, page) {
    const { dnsName, customer, tier, policy, ready, window, zone, checks, evidence, recovery } = shown;
    const head = fields(page, [
      ['Server', dnsName],
      ['Customer', customer],
      ['Tier', tier],
      ['Policy', policy],
      ['Next window', window && local(window.start, zone)],
      ['Ready', ready ? 'yes' : 'NO'],
    ]);
    const parts = [
      head,
      checks.length === 0 ? 'Nothing is demanded of it.' : checks.map((check) => checkText(page, check)).join('\n'),
      ...(evidence.length === 0 ? [] : [table(page, EVIDENCE_COLUMNS, evidence.map(evidenceRow), '')]),
      ...recovery.map(({ role, who, how, minutes }) =>
        hanging(page, `${strong(page, `Recovery, ${role}`)}: `, `${how} ${who}, about ${minutes} minutes.`),
      ),
    ];
    return parts.join('\n\n');
  },
});

export const readinessList = command({
  name: 'readiness list',
  group: 'Readiness',
  summary: 'Managed servers and what is not ready of them.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only of this customer' },
    'not-ready': { type: 'boolean', description: 'only those that are not ready' },
    ...LIST_OPTIONS,
  },
  run({ options: { customer, 'not-ready': only, ...list }, service }) {
    const notReady = only ? 'true' : undefined;
    return listed(list, (query) =>
      service.call(listReadiness, { query: { ...query, ...defined({ customer, notReady }) } }),
    );
  },
  show(list, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Customer' },
      { title: 'Tier' },
      { title: 'Ready' },
      { title: 'Missing' },
    ] as const;
    const rows = list.items.map(({ dnsName, customer, tier, ready, findings, overridden }) => [
      dnsName,
      customer,
      tier,
      ready ? (overridden.length > 0 ? 'overridden' : 'yes') : 'NO',
      [...findings.map(({ check }) => check), ...overridden.map((check) => `(${check})`)].join(', '),
    ]);
    return table(page, columns, rows, 'No servers.') + andMore(list);
  },
});

export const readinessPolicyShow = command({
  name: 'readiness policy show',
  group: 'Readiness',
  summary: 'The readiness policy in force: what is demanded by tier.',
  options: { customer: OF },
  run: ({ options, service }) => service.call(showReadinessPolicy, { query: defined(options) }),
  keepsLines: true,
  show({ of, policy, version }) {
    const words = { customer: "the customer's own", all: 'the one for all', shipped: 'the shipped one' } as const;
    const since = version ? `, version ${version.number}, ${utc(version.at)}, by ${version.who}: ${version.why}` : '';
    return `# ${`${words[of]}${since}`.replaceAll(/\s+/g, ' ')}\n${JSON.stringify(policy, undefined, 2)}`;
  },
});

export const readinessPolicyCheck = command({
  name: 'readiness policy test',
  group: 'Readiness',
  summary: 'How many servers would be ready under another readiness policy. Changes nothing.',
  positionals: { file: FILE },
  options: { customer: OF },
  async run({ args, options, service }) {
    const text = await readText(args.file, LARGEST_POLICY);
    return service.call(checkReadinessPolicy, { body: { text, ...defined(options) } });
  },
  failed: ({ problems }) => problems.length > 0,
  show({ problems, effect }, page) {
    if (effect) return effectText(effect);
    const rows = problems.map(({ line, column, path, message }) => [`${line}:${column}`, path, message]);
    return table(page, [{ title: 'Place' }, { title: 'In' }, { title: 'Problem' }], rows, '');
  },
});

export const readinessPolicySet = command({
  name: 'readiness policy set',
  group: 'Readiness',
  summary: 'Put a readiness policy in force as a new version.',
  positionals: { file: FILE },
  options: { customer: OF, why: WHY, who: WHO },
  async run({ args, options: { customer, why, who }, service }) {
    const text = await readText(args.file, LARGEST_POLICY);
    return service.call(putReadinessPolicy, { body: { text, why, ...defined({ customer, who }) } });
  },
  show: ({ version, effect }) => `Version ${version} is in force. ${effectText(effect)}`,
});

type Check = EndpointResult<typeof showReadiness>['checks'][number];

function checkText(page: Page, { check, ok, demanded, found, subject, override }: Check): string {
  const what = `${check}: ${found}${ok ? '' : `; demanded: ${demanded}`}`;
  const about = ok || subject === undefined || check === 'inventory' ? '' : ` (${subject})`;
  const allowed = override ? ` Overridden by ${override.who} until ${utc(override.expires)}: ${override.why}` : '';
  return hanging(page, `${mark(page, ok || override !== undefined)} `, `${what}${about}.${allowed}`);
}

type Effect = NonNullable<EndpointResult<typeof checkReadinessPolicy>['effect']>;

function effectText({ servers, readyNow, readyThen }: Effect): string {
  return `Of ${many(servers, 'managed server')} that go by it, ${readyNow} were ready before and ${readyThen} are ready under it.`;
}
