import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { holderTable } from '#cli/commands/brake.ts';
import { defined } from '#cli/members.ts';
import {
  addTestResult,
  closeCampaign,
  giveGo,
  releaseServer,
  resumeCampaign,
  stopCampaign,
} from '#contract/endpoints/campaigns.ts';
import { CodedError } from '#contract/errors.ts';

const CAMPAIGN = {
  value: 'CAMPAIGN',
  description: 'its id, or its name such as "2025-10 #1" where one customer alone has it',
} as const;
const GATE = {
  value: 'GATE',
  description: 'name of the wave behind which the gate stands, or week-2, week-3, week-4',
} as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const RESULTS = ['worked', 'did-not', 'cannot-tell'] as const;

export const campaignsStop = command({
  name: 'campaigns stop',
  group: 'Waves',
  summary: 'Serve nothing of a campaign any more; lists who holds its offers already.',
  more: 'A server that holds an offer may install it until it asks again: the list says when that is expected.',
  positionals: { campaign: CAMPAIGN },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(stopCampaign, { params: args, body: { why, ...defined({ who }) } }),
  show({ name, customer, holders }, page) {
    const rest = holders.next === undefined ? '' : '\nThese are the first; campaigns holders lists all.';
    return [
      `Stopped: ${name} of ${customer}. Nothing of it is served; go on with: campaigns resume.`,
      holderTable(holders.items, page) + rest,
    ].join('\n');
  },
});

export const campaignsResume = command({
  name: 'campaigns resume',
  group: 'Waves',
  summary: 'Go on with a campaign that a gate or a person stopped.',
  more: 'A gate that failed is not asked again for the same failures, but does not pass with them either: release the servers that failed, or wait until they are verified.',
  positionals: { campaign: CAMPAIGN },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(resumeCampaign, { params: args, body: { why, ...defined({ who }) } }),
  show: ({ name, customer, state }) => `Resumed: ${name} of ${customer} is ${state}.`,
});

export const campaignsClose = command({
  name: 'campaigns close',
  group: 'Waves',
  summary: 'Give a campaign up; what is still needed and approved joins another one.',
  positionals: { campaign: CAMPAIGN },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(closeCampaign, { params: args, body: { why, ...defined({ who }) } }),
  show: ({ name, customer }) => `Closed: ${name} of ${customer}.`,
});

export const campaignsGo = command({
  name: 'campaigns go',
  group: 'Waves',
  summary: 'Give the go that a gate waits for.',
  positionals: { campaign: CAMPAIGN, gate: GATE },
  options: { why: WHY, who: WHO },
  run: ({ args: { campaign, gate }, options: { why, who }, service }) =>
    service.call(giveGo, { params: { campaign, gate }, body: { why, ...defined({ who }) } }),
  show: ({ name }) =>
    `The go is on record for ${name}. The gate passes when its other conditions hold, within a minute.`,
});

export const campaignsTest = command({
  name: 'campaigns test',
  group: 'Waves',
  summary: 'Put on record what an owner says of the updates: worked, did-not, cannot-tell.',
  more: 'Of each owner the latest word counts. "did-not" fails the gate and stops the campaign.',
  positionals: { campaign: CAMPAIGN, gate: GATE },
  options: {
    owner: { type: 'string', value: 'NAME', required: true, description: 'as the inventory names the owner' },
    result: { type: 'string', choices: RESULTS, required: true, description: 'what the owner found' },
    note: { type: 'string', value: 'TEXT', required: true, description: 'what was tested' },
    builds: {
      type: 'string',
      value: 'N,N',
      description: "Windows builds; default: those of the wave's verified servers",
    },
    who: WHO,
  },
  run({ args: { campaign, gate }, options: { owner, result, note, builds, who }, service }) {
    const found = RESULTS.find((one) => one === result);
    if (!found) throw new CodedError('usage.wrong', `--result: one of ${RESULTS.join(', ')}`);
    const tested = builds?.split(',').flatMap((build) => wholeNumber(build.trim(), '--builds') ?? []);
    const body = { owner, result: found, note, ...defined({ builds: tested, who }) };
    return service.call(addTestResult, { params: { campaign, gate }, body });
  },
  show: ({ owner, result, gate, builds }) =>
    `On record: ${owner} says "${result}" for ${gate}${builds.length > 0 ? `, on build ${builds.join(', ')}` : ''}.`,
});

export const campaignsRelease = command({
  name: 'campaigns release',
  group: 'Waves',
  summary: 'Free the seat of a server that failed or is stuck: it waits for another turn.',
  positionals: { campaign: CAMPAIGN, server: { value: 'SERVER', description: 'server id, client id or DNS name' } },
  options: { why: WHY, who: WHO },
  run: ({ args: { campaign, server }, options: { why, who }, service }) =>
    service.call(releaseServer, { params: { campaign, server }, body: { why, ...defined({ who }) } }),
  show: ({ dnsName, before }) => `Released: ${dnsName} was ${before} and waits for another turn.`,
});
