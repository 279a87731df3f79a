import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import { updateName } from '#cli/update-name.ts';
import { ACCEPTANCE } from '#contract/acceptance.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import {
  acceptEula,
  approvalHistory,
  decidePerson,
  listApprovals,
  requestApproval,
  withdrawPerson,
} from '#contract/endpoints/approvals.ts';

const UPDATE = { value: 'UPDATE', description: 'update id, KB number, or part of a title that fits one' } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const CUSTOMER = { type: 'string', value: 'NAME', description: 'only for this customer; default: for all' } as const;
const SERVER = { type: 'string', value: 'NAME', description: 'only for this server' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const VERDICTS = ['approve', 'not-approve', 'review'] as const;

interface Named {
  readonly title: string;
  readonly kb?: string | undefined;
  readonly revisionNumber: number;
}

export const approve = command({
  name: 'approve',
  group: 'Decisions',
  summary: "Approve an update whatever the policy says: a person's word.",
  more: 'What a customer asks for beyond the policy goes in with `approvals request`.',
  positionals: { update: UPDATE },
  options: { why: WHY, customer: CUSTOMER, server: SERVER, who: WHO },
  run: ({ args, options: { why, customer, server, who }, service }) =>
    service.call(decidePerson, {
      body: { update: args.update, decision: 'approve', why, ...defined({ customer, server, who }) },
    }),
  show: (update) => `Approved: ${titleOf(update)}`,
});

export const decline = command({
  name: 'decline',
  group: 'Decisions',
  summary: "Decline an update whatever the policy says: a person's word.",
  positionals: { update: UPDATE },
  options: { why: WHY, customer: CUSTOMER, server: SERVER, who: WHO },
  run: ({ args, options: { why, customer, server, who }, service }) =>
    service.call(decidePerson, {
      body: { update: args.update, decision: 'decline', why, ...defined({ customer, server, who }) },
    }),
  show: (update) => `Declined: ${titleOf(update)}`,
});

export const withdraw = command({
  name: 'withdraw',
  group: 'Decisions',
  summary: "Take a person's word back; the next level decides again.",
  positionals: { update: UPDATE },
  options: { why: WHY, customer: CUSTOMER, server: SERVER, who: WHO },
  run: ({ args, options: { why, customer, server, who }, service }) =>
    service.call(withdrawPerson, { params: args, query: { why, ...defined({ customer, server, who }) } }),
  show: (update) => `Withdrawn, the next level decides again: ${titleOf(update)}`,
});

export const approvalsRequest = command({
  name: 'approvals request',
  group: 'Decisions',
  summary: 'Approve what a customer asked for beyond the policy, at their own risk.',
  more: `Who is named with --accepted-by accepted these words: "${ACCEPTANCE}"`,
  positionals: { update: UPDATE },
  options: {
    customer: { type: 'string', value: 'NAME', required: true, description: 'the customer that asked' },
    server: { type: 'string', value: 'NAME', description: "only for this server; default: all of the customer's" },
    'requested-by': { type: 'string', value: 'NAME', required: true, description: 'who asked for it' },
    'requested-at': { type: 'string', value: 'DAY', required: true, description: 'when, a day or an instant' },
    'accepted-by': {
      type: 'string',
      value: 'NAME',
      required: true,
      description: 'who accepted the responsibility for the customer',
    },
    why: WHY,
    who: WHO,
  },
  run({ args, options, service }) {
    const { customer, server, why, who } = options;
    return service.call(requestApproval, {
      body: {
        update: args.update,
        customer,
        requestedBy: options['requested-by'],
        requestedAt: options['requested-at'],
        acceptedBy: options['accepted-by'],
        acceptance: ACCEPTANCE,
        why,
        ...defined({ server, who }),
      },
    });
  },
  show: ({ request, effect, level, customer, server, ...update }, page) =>
    fields(page, [
      ['Approved', titleOf(update)],
      ['For', server === undefined ? `${customer} (level: ${level})` : `${server} of ${customer} (level: ${level})`],
      ['Asked for by', `${request.requestedBy}, ${utc(request.requestedAt)}`],
      ['Accepted by', request.acceptedBy],
      ['Acceptance', request.acceptance],
      ['Effect', effect],
    ]),
});

export const approvalsList = command({
  name: 'approvals list',
  group: 'Decisions',
  summary: 'What was approved on any day: by whom, why, under which version of the policy.',
  options: {
    'as-of': { type: 'string', value: 'DAY', description: 'a day (its end in UTC) or an instant; default: now' },
    customer: { type: 'string', value: 'NAME', description: 'what holds for this customer' },
    verdict: { type: 'string', choices: [...VERDICTS, 'all'], description: 'default: approve' },
    ...LIST_OPTIONS,
  },
  async run({ options, service }) {
    const { 'as-of': asOf, customer } = options;
    const verdict = VERDICTS.find((one) => one === (options.verdict ?? 'approve'));
    let shownAt = '';
    const list = await listed(options, async (query) => {
      const page = await service.call(listApprovals, { query: { ...query, ...defined({ asOf, customer, verdict }) } });
      shownAt = page.asOf;
      return page;
    });
    return { asOf: shownAt, ...list };
  },
  show({ asOf, ...list }, page) {
    const columns = [
      { title: 'Since' },
      { title: 'Verdict' },
      { title: 'For' },
      { title: 'Who' },
      { title: 'Policy', right: true },
      { title: 'Update' },
      { title: 'Owners' },
      { title: 'Why' },
    ] as const;
    const rows = list.items.map((fact) => [
      shortUtc(fact.since),
      fact.verdict,
      whom(fact),
      fact.who,
      fact.policyVersion,
      updateName(fact),
      fact.tests && wordsOf(fact.tests),
      reasonOf(fact),
    ]);
    return `As of ${utc(asOf)}:\n${table(page, columns, rows, 'Nothing was on record.')}${andMore(list)}`;
  },
});

export const approvalsHistory = command({
  name: 'approvals history',
  group: 'Decisions',
  summary: 'Every fact about the approval of one update, the latest first.',
  positionals: { update: UPDATE },
  options: LIST_OPTIONS,
  async run({ args, options, service }) {
    let tests: EndpointResult<typeof approvalHistory>['tests'] = [];
    const list = await listed(options, async (query) => {
      const page = await service.call(approvalHistory, { params: args, query });
      tests = page.tests;
      return page;
    });
    return { ...list, tests };
  },
  show({ tests, ...list }, page) {
    const columns = [
      { title: 'At' },
      { title: 'Fact' },
      { title: 'For' },
      { title: 'Who' },
      { title: 'Policy', right: true },
      { title: 'Why' },
    ] as const;
    const rows = list.items.map((fact) => [
      shortUtc(fact.at),
      `${FACTS[fact.fact]}${fact.verdict}`,
      whom(fact),
      fact.who,
      fact.policyVersion,
      reasonOf(fact),
    ]);
    const facts = table(page, columns, rows, 'Nothing is on record.') + andMore(list);
    return tests.length === 0 ? facts : `${facts}\n\nWhat owners said of it:\n${testTable(tests, page)}`;
  },
});

export const eulaAccept = command({
  name: 'eula accept',
  group: 'Decisions',
  summary: 'Accept licence terms for all servers.',
  positionals: {
    eula: { value: 'ID', description: 'id of the licence terms, as `why` and `catalogue show` print it' },
  },
  options: { who: WHO },
  run: ({ args, options: { who }, service }) => service.call(acceptEula, { params: args, body: defined({ who }) }),
  show: ({ eula, updates }) => `Accepted: ${eula}, the terms of ${many(updates, 'update')}.`,
});

type Fact = EndpointResult<typeof approvalHistory>['items'][number];
const FACTS = { verdict: '', word: 'word: ', ended: 'ended: ' } as const;

function testTable(tests: EndpointResult<typeof approvalHistory>['tests'], page: Page): string {
  const columns = [
    { title: 'At' },
    { title: 'Customer' },
    { title: 'Campaign' },
    { title: 'Owner' },
    { title: 'Result' },
    { title: 'Builds' },
    { title: 'Note' },
  ] as const;
  const rows = tests.map(({ at, customer, campaign, owner, result, builds, note }) => [
    ...[shortUtc(at), customer, campaign, owner, result, builds.join(', '), note],
  ]);
  return table(page, columns, rows, '');
}

/** What owners said, in a few words. */
function wordsOf({ worked, didNot, cannotTell }: { worked: number; didNot: number; cannotTell: number }): string {
  const words = [`${worked} worked`, `${didNot} did not`, `${cannotTell} cannot tell`];
  return words.filter((text) => !text.startsWith('0 ')).join(', ');
}

function whom({ customer, server }: Pick<Fact, 'customer' | 'server'>): string {
  if (customer === undefined) return 'all';
  return server === undefined ? customer : `${server} of ${customer}`;
}

/** The reason and, of a request beyond the policy, who asked and who is responsible. */
function reasonOf({ why, request }: Pick<Fact, 'why' | 'request'>): string {
  if (!request) return why;
  const { requestedBy, requestedAt, acceptedBy } = request;
  return `${why} (asked for by ${requestedBy} on ${requestedAt.slice(0, 10)}; ${acceptedBy} accepted the responsibility)`;
}

function titleOf(update: Named): string {
  return `${updateName(update)}, revision ${update.revisionNumber}`;
}
