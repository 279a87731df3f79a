import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { fields, table } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import { changesText, coverageText, rolloutEffectText } from '#cli/output/rollout-effect.ts';
import { VERSION_STATES, versionTable } from '#cli/output/versions.ts';
import {
  approveRolloutPlan,
  checkRolloutPlan,
  diffRolloutPlans,
  listRolloutPlans,
  placeServer,
  putRolloutPlan,
  rolloutCoverage,
  shippedRolloutPlan,
  showRolloutPlan,
} from '#contract/endpoints/rollout.ts';

const LARGEST_PLAN = 256 * 1024;
const CUSTOMER = { type: 'string', value: 'NAME', required: true, description: 'whose plan' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const FILE = { value: 'FILE', description: 'a rollout plan in YAML or JSON; docs/rollout.md explains it' } as const;
const VERSION = { value: 'VERSION', description: 'its number, as `rollout versions` prints it' } as const;

export const rolloutShow = command({
  name: 'rollout show',
  group: 'Waves',
  summary: "A customer's rollout plan in force, or another version of it.",
  options: { customer: CUSTOMER, version: { type: 'string', value: 'N', description: 'another version' } },
  run({ options: { customer, ...options }, service }) {
    const version = wholeNumber(options.version, '--version');
    return service.call(showRolloutPlan, { params: { customer }, query: defined({ version }) });
  },
  keepsLines: true,
  show: ({ version, state, who, why, at, text }) => {
    const oneLine = (words: string) => words.replaceAll(/\s+/g, ' ');
    return `# Version ${version}, ${VERSION_STATES[state]}, ${utc(at)}, by ${oneLine(who)}: ${oneLine(why)}\n${text}`;
  },
});

export const rolloutShipped = command({
  name: 'rollout shipped',
  group: 'Waves',
  summary: 'The shipped rollout plan of four waves, as a file to begin with.',
  run: ({ service }) => service.call(shippedRolloutPlan),
  keepsLines: true,
  show: ({ text }) => text,
});

export const rolloutVersions = command({
  name: 'rollout versions',
  group: 'Waves',
  summary: 'All versions of a rollout plan: who, when, why, approved by whom.',
  options: { customer: CUSTOMER, ...LIST_OPTIONS },
  run: ({ options, service }) =>
    listed(options, (query) => service.call(listRolloutPlans, { params: { customer: options.customer }, query })),
  show: (list, page) => versionTable(page, list.items) + andMore(list),
});

export const rolloutCheck = command({
  name: 'rollout check',
  group: 'Waves',
  summary: 'What a rollout plan would come to: servers by wave, missing pilots. Changes nothing.',
  positionals: { file: FILE },
  options: { customer: CUSTOMER },
  async run({ args, options: { customer }, service }) {
    const text = await readText(args.file, LARGEST_PLAN);
    return service.call(checkRolloutPlan, { params: { customer }, body: { text } });
  },
  failed: ({ problems }) => problems.length > 0,
  show({ problems, effect, waits }, page) {
    if (!effect) {
      const rows = problems.map(({ line, column, path, message }) => [`${line}:${column}`, path, message]);
      return table(page, [{ title: 'Place' }, { title: 'In' }, { title: 'Problem' }], rows, '');
    }
    const waiting = waits ? '\nA new version waits until another person approves it.' : '';
    return rolloutEffectText(effect, page) + waiting;
  },
});

export const rolloutSet = command({
  name: 'rollout set',
  group: 'Waves',
  summary: 'Add a version of a rollout plan, in force at once or once another person approves it.',
  more: 'It waits where this plan, or the one in force, says twoPersons. `rollout check` tells before what it comes to. Campaigns that are under way go on by the plan that they began with.',
  positionals: { file: FILE },
  options: { customer: CUSTOMER, why: WHY, who: WHO },
  async run({ args, options: { customer, why, who }, service }) {
    const text = await readText(args.file, LARGEST_PLAN);
    return service.call(putRolloutPlan, { params: { customer }, body: { text, why, ...defined({ who }) } });
  },
  show({ version, waits, effect }, page) {
    const heading = waits
      ? `Version ${version} waits until another person approves it: rollout approve ${version}`
      : `Version ${version} is in force.`;
    return `${heading}\n${rolloutEffectText(effect, page)}`;
  },
});

export const rolloutApprove = command({
  name: 'rollout approve',
  group: 'Waves',
  summary: 'Put a version of a rollout plan in force that waits for another person.',
  more: 'Another person is another token: ST_TOKEN has yours.',
  positionals: { version: VERSION },
  options: { customer: CUSTOMER, why: WHY, who: WHO },
  run({ args, options: { customer, why, who }, service }) {
    const version = wholeNumber(args.version, 'VERSION');
    return service.call(approveRolloutPlan, { params: { customer, version }, body: { why, ...defined({ who }) } });
  },
  show: ({ version, effect }, page) => `Version ${version} is in force.\n${rolloutEffectText(effect, page)}`,
});

export const rolloutDiff = command({
  name: 'rollout diff',
  group: 'Waves',
  summary: 'What changes from one version of a rollout plan to another.',
  positionals: {
    from: { ...VERSION, value: 'FROM' },
    to: { value: 'TO', description: 'default: the version in force', optional: true },
  },
  options: { customer: CUSTOMER },
  run({ args, options: { customer }, service }) {
    const from = wholeNumber(args.from, 'FROM');
    const to = wholeNumber(args.to, 'TO');
    return service.call(diffRolloutPlans, { params: { customer }, query: { from, ...defined({ to }) } });
  },
  show: ({ from, to, changes }, page) => `From version ${from} to ${to}:\n${changesText(changes, page)}`,
});

export const rolloutCoverageCommand = command({
  name: 'rollout coverage',
  group: 'Waves',
  summary: 'Which systems, roles and application stacks in later waves have no pilot.',
  options: { customer: CUSTOMER, version: { type: 'string', value: 'N', description: 'default: the plan in force' } },
  run({ options: { customer, ...options }, service }) {
    const version = wholeNumber(options.version, '--version');
    return service.call(rolloutCoverage, { params: { customer }, query: defined({ version }) });
  },
  show: ({ version, servers, unplaced, ...coverage }, page) =>
    `Version ${version}, ${many(servers, 'server')}, ${unplaced} placed nowhere.\n${coverageText(coverage, page, coverage.holes.length)}`,
});

export const rolloutPlace = command({
  name: 'rollout place',
  group: 'Waves',
  summary: 'The wave into which the plan in force places a server, and by which rule.',
  positionals: { server: { value: 'SERVER', description: 'server id, client id or DNS name' } },
  run: ({ args, service }) => service.call(placeServer, { params: args }),
  show: ({ server, customer, version, wave, rule, kinds }, page) =>
    fields(page, [
      ['Server', server],
      ['Customer', `${customer}, version ${version} of its plan`],
      [
        'Wave',
        wave
          ? `${wave.place}: ${wave.title} (${wave.name})`
          : 'none: no rule places it, so it is offered nothing of these kinds',
      ],
      ['Rule', rule && `${rule.place}: ${rule.words}`],
      ['Kinds', kinds.join(', ')],
    ]),
});
