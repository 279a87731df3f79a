import { command } from '#cli/command.ts';
import { holderTable } from '#cli/commands/brake.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import {
  campaignHistory,
  campaignHolders,
  campaignServers,
  listCampaigns as list,
  showCampaign,
} from '#contract/endpoints/campaigns.ts';

const CAMPAIGN = {
  value: 'CAMPAIGN',
  description: 'its id, or its name such as "2025-10 #1" where one customer alone has it',
} as const;
const STATES = ['waiting', 'told', 'verified', 'failed', 'not-needed'] as const;

export const campaignsList = command({
  name: 'campaigns list',
  group: 'Waves',
  summary: 'Campaigns: approved sets on their way through the waves, the latest first.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'only of this customer' },
    'under-way': { type: 'boolean', description: 'only those that are not at their end' },
    ...LIST_OPTIONS,
  },
  run({ options: { customer, 'under-way': underWay, ...options }, service }) {
    const wanted = { ...defined({ customer }), underWay: underWay ? 'true' : 'false' };
    return listed(options, (query) => service.call(list, { query: { ...query, ...wanted } }));
  },
  show(shown, page) {
    const columns = [
      { title: 'Campaign' },
      { title: 'Customer' },
      { title: 'State' },
      { title: 'Opened' },
      { title: 'Ended' },
      { title: 'Id' },
    ] as const;
    const rows = shown.items.map(({ name, customer, state, openedAt, endedAt, campaignId }) => [
      ...[name, customer, state, shortUtc(openedAt), shortUtc(endedAt), campaignId],
    ]);
    return table(page, columns, rows, 'No campaigns.') + andMore(shown);
  },
});

export const campaignsShow = command({
  name: 'campaigns show',
  group: 'Waves',
  summary: 'A campaign: its updates, and each wave with its gate, figures and seats.',
  positionals: { campaign: CAMPAIGN },
  options: { waves: { type: 'boolean', description: 'only the waves, with all figures of their gates' } },
  async run({ args, options, service }): Promise<Campaign | Pick<Campaign, 'waves' | 'weeks'>> {
    const { waves, weeks, ...rest } = await service.call(showCampaign, { params: args });
    return options.waves ? { waves, weeks } : { ...rest, waves, weeks };
  },
  show(shown, page) {
    const gates = [...shown.waves, ...shown.weeks];
    if (!('campaignId' in shown))
      return gates.map((gate) => `${gateText(gate, page)}\n${figuresText(gate, page)}`).join('\n\n');
    return [
      headText(shown, page),
      ...gates.map((gate) => gateText(gate, page)),
      updatesText(shown, page),
      ...(shown.tests.length === 0 ? [] : [testsText(shown, page)]),
    ].join('\n\n');
  },
});

export const campaignsMembers = command({
  name: 'campaigns members',
  group: 'Waves',
  summary: 'The servers of a campaign with their state and turn, and why they wait.',
  positionals: { campaign: CAMPAIGN },
  options: {
    state: { type: 'string', choices: STATES, description: 'only these' },
    wave: { type: 'string', value: 'NAME', description: 'only of this wave; `unplaced`: those that no rule places' },
    ...LIST_OPTIONS,
  },
  run({ args, options: { wave, ...options }, service }) {
    const state = STATES.find((one) => one === options.state);
    const wanted = defined({ state, wave });
    return listed(options, (query) => service.call(campaignServers, { params: args, query: { ...query, ...wanted } }));
  },
  show(shown, page) {
    const columns = [
      { title: 'Server' },
      { title: 'Wave' },
      { title: 'Week', right: true },
      { title: 'State' },
      { title: 'Since' },
      { title: 'Window' },
      { title: 'Why it waits' },
    ] as const;
    const rows = shown.items.map(
      ({ dnsName, wave, releaseWeek, state, window, toldAt, verifiedAt, failedAt, held }) => [
        ...[
          dnsName,
          wave ?? 'unplaced',
          releaseWeek,
          state,
          shortUtc(verifiedAt ?? failedAt ?? (state === 'told' ? toldAt : undefined)),
        ],
        ...[shortUtc(window?.start), held?.text],
      ],
    );
    return table(page, columns, rows, 'No servers.') + andMore(shown);
  },
});

export const campaignsHolders = command({
  name: 'campaigns holders',
  group: 'Waves',
  summary: 'Servers that hold an offer of a campaign, and when each asks again.',
  positionals: { campaign: CAMPAIGN },
  options: LIST_OPTIONS,
  run: ({ args, options, service }) =>
    listed(options, (query) => service.call(campaignHolders, { params: args, query })),
  show: (shown, page) => holderTable(shown.items, page) + andMore(shown),
});

export const campaignsHistory = command({
  name: 'campaigns history',
  group: 'Waves',
  summary: 'What came about with a campaign and its gates, the latest first.',
  positionals: { campaign: CAMPAIGN },
  options: LIST_OPTIONS,
  run: ({ args, options, service }) =>
    listed(options, (query) => service.call(campaignHistory, { params: args, query })),
  show(shown, page) {
    const columns = [
      { title: 'When' },
      { title: 'What' },
      { title: 'Gate' },
      { title: 'Who' },
      { title: 'Details' },
    ] as const;
    const rows = shown.items.map(({ at, kind, gate, who, details }) => [
      shortUtc(at),
      kind,
      gate,
      who,
      detailsText(details),
    ]);
    return table(page, columns, rows, 'Nothing yet.') + andMore(shown);
  },
});

type Campaign = EndpointResult<typeof showCampaign>;
type Gate = Campaign['weeks'][number] & Partial<Pick<Campaign['waves'][number], 'seats' | 'taken'>>;

function headText(
  { name, customer, state, planVersion, openedAt, sealedAt, endedAt, stopped, unplaced }: Campaign,
  page: Page,
): string {
  return fields(page, [
    ['Campaign', `${name} of ${customer}`],
    ['State', stopped ? `stopped ${utc(stopped.at)} by ${stopped.who}: ${stopped.why}` : state],
    ['Plan', planVersion === undefined ? 'none: only the order of groups and dependencies' : `version ${planVersion}`],
    ['Opened', utc(openedAt)],
    ...(sealedAt ? [['Sealed', utc(sealedAt)] as const] : []),
    ...(endedAt ? [['Ended', utc(endedAt)] as const] : []),
    ...(unplaced > 0 ? [['Unplaced', `${many(unplaced, 'server')}, offered nothing of it`] as const] : []),
  ]);
}

function gateText({ gate, title, state, verdict, line, seats, taken, figures }: Gate, page: Page): string {
  const seated = taken === undefined ? '' : `; seats: ${taken} of ${seats ?? 'any number'} taken`;
  const { needing, servers, verified, failed } = figures;
  return [
    `${title} (${gate}): ${state}${seated}`,
    `  ${many(servers, 'server')}, ${needing} in need of it, ${verified} verified, ${failed} failed`,
    ...(line === undefined ? [] : [hanging(page, `  Gate: ${verdict}, `, line)]),
  ].join('\n');
}

function figuresText({ figures, openedAt, passedAt, metSince }: Gate, page: Page): string {
  const { told, incidents, worked, didNot, cannotTell, owners, ownersWorked } = figures;
  return fields(page, [
    ['Opened', openedAt === undefined ? 'not yet' : utc(openedAt)],
    ...(metSince ? [['Enough verified since', utc(metSince)] as const] : []),
    ...(passedAt ? [['Passed', utc(passedAt)] as const] : []),
    ['Told to start', String(told)],
    ['Open incidents', String(incidents)],
    ['Owners', `${owners}, of whom ${ownersWorked} say that it works`],
    ['Words', `${worked} worked, ${didNot} did not, ${cannotTell} cannot tell`],
  ]);
}

function updatesText({ updates }: Campaign, page: Page): string {
  const columns = [{ title: 'Update' }, { title: 'Revision', right: true }, { title: 'Joined' }] as const;
  const rows = updates.map(({ title, revisionNumber, joinedAt }) => [title, revisionNumber, shortUtc(joinedAt)]);
  return table(page, columns, rows, 'No updates.');
}

function testsText({ tests }: Campaign, page: Page): string {
  const columns = [
    { title: 'Owner' },
    { title: 'Gate' },
    { title: 'Result' },
    { title: 'Builds' },
    { title: 'When' },
    { title: 'Note' },
  ] as const;
  const rows = tests.map(({ owner, gate, result, builds, at, note }) => [
    owner,
    gate,
    result,
    builds.join(', '),
    shortUtc(at),
    note,
  ]);
  return table(page, columns, rows, '');
}

/** One line of what an event tells; lists are joined, and figures left to `--json`. */
function detailsText(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details)
    .filter(([name]) => name !== 'figures')
    .map(([name, value]) =>
      name === 'line' || name === 'why'
        ? String(value)
        : `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
    )
    .join('; ');
}
