import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { hanging, table } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import { strong } from '#cli/output/page.ts';
import { effectText } from '#cli/output/policy-effect.ts';
import { VERSION_STATES, versionTable } from '#cli/output/versions.ts';
import { approvePolicy, listPolicies, putPolicy, showPolicy, testPolicy } from '#contract/endpoints/catalogue.ts';
import { showOrder } from '#contract/endpoints/control.ts';
import { CodedError } from '#contract/errors.ts';

const LARGEST_POLICY = 256 * 1024;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const FILE = { value: 'FILE', description: 'a policy in YAML; docs/approval-policy.md explains it' } as const;

export const policyShow = command({
  name: 'policy show',
  group: 'Catalogue and policy',
  summary: 'The approval policy in force, an earlier version, or the one of a day.',
  options: {
    version: { type: 'string', value: 'N', description: 'an earlier one' },
    'as-of': {
      type: 'string',
      value: 'DAY',
      description: 'the one in force on a day (its end in UTC) or at an instant',
    },
  },
  run({ options, service }) {
    const version = wholeNumber(options.version, '--version');
    return service.call(showPolicy, { query: defined({ version, asOf: options['as-of'] }) });
  },
  keepsLines: true,
  show: ({ version, state, who, why, at, yaml }) => {
    const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
    return `# Version ${version}, ${VERSION_STATES[state]}, ${utc(at)}, by ${oneLine(who)}: ${oneLine(why)}\n${yaml}`;
  },
});

export const policyVersions = command({
  name: 'policy versions',
  group: 'Catalogue and policy',
  summary: 'All versions of the policy: who, when, why.',
  options: LIST_OPTIONS,
  run: ({ options, service }) => listed(options, (query) => service.call(listPolicies, { query })),
  show: (list, page) => versionTable(page, list.items) + andMore(list),
});

export const policyTest = command({
  name: 'policy test',
  group: 'Catalogue and policy',
  summary: 'What would change under another policy: verdicts and servers. Changes nothing.',
  positionals: { file: { ...FILE, optional: true } },
  options: { version: { type: 'string', value: 'N', description: 'instead of a file: a version that waits' } },
  async run({ args: { file }, options, service }) {
    const version = wholeNumber(options.version, '--version');
    if ((file === undefined) === (version === undefined))
      throw new CodedError('usage.wrong', 'name a FILE or a --version');
    if (version !== undefined) return service.call(testPolicy, { body: { version } });
    return service.call(testPolicy, { body: { yaml: await readText(file ?? '', LARGEST_POLICY) } });
  },
  failed: ({ problems }) => problems.length > 0,
  show({ problems, changes, changed, compared, effect, waits }, page) {
    if (problems.length > 0) {
      const rows = problems.map(({ line, column, path, message }) => [`${line}:${column}`, path, message]);
      return table(page, [{ title: 'Place' }, { title: 'In' }, { title: 'Problem' }], rows, '');
    }
    const rows = changes.map(({ from, to, fromRule, toRule, target, title }) => [
      `${from} (${fromRule})`,
      `${to} (${toRule})`,
      target,
      title,
    ]);
    const columns = [{ title: 'Now' }, { title: 'Then' }, { title: 'Servers' }, { title: 'Update' }] as const;
    const heading = `${many(changed, 'verdict')} of ${compared} would change.`;
    return [
      heading,
      ...(effect ? [effectText(effect, page)] : []),
      ...(waits ? ['A new version waits until another person approves it.'] : []),
      ...(rows.length === 0 ? [] : [table(page, columns, rows, '')]),
      ...(changed > changes.length ? [`${changed - changes.length} more are not shown.`] : []),
    ].join('\n');
  },
});

export const policySet = command({
  name: 'policy set',
  group: 'Catalogue and policy',
  summary: 'Put a policy in force as a new version, or have it wait for another person.',
  more: 'It waits where the version in force wants two persons. `policy test` tells before what it means for servers.',
  positionals: { file: FILE },
  options: { why: WHY, who: WHO },
  async run({ args, options: { why, who }, service }) {
    const yaml = await readText(args.file, LARGEST_POLICY);
    return service.call(putPolicy, { body: { yaml, why, ...defined({ who }) } });
  },
  show({ version, changes, waits, effect }, page) {
    const heading = waits
      ? `Version ${version} waits until another person approves it: policy approve ${version}. ${many(changes, 'verdict')} would change.`
      : `Version ${version} is in force; ${many(changes, 'verdict')} changed.`;
    return `${heading}\n${effectText(effect, page)}`;
  },
});

export const policyApprove = command({
  name: 'policy approve',
  group: 'Catalogue and policy',
  summary: 'Put a version that waits in force, as another person than its author.',
  more: 'Another person is another token: ST_TOKEN has yours. See first what it means, with `policy test --version N`.',
  positionals: { version: { value: 'VERSION', description: 'its number, as `policy versions` prints it' } },
  options: { why: WHY, who: WHO },
  run({ args, options: { why, who }, service }) {
    const version = wholeNumber(args.version, 'VERSION');
    return service.call(approvePolicy, { params: { version }, body: { why, ...defined({ who }) } });
  },
  show: ({ version, changes, effect }, page) =>
    `Version ${version} is in force; ${many(changes, 'verdict')} changed.\n${effectText(effect, page)}`,
});

export const policyOrder = command({
  name: 'policy order',
  group: 'Catalogue and policy',
  summary: 'Which rule wins where several speak: levels, pauses, plans, windows that meet.',
  run: ({ service }) => service.call(showOrder),
  show: ({ items }, page) =>
    items
      .map(({ title, rules }) =>
        [strong(page, title), ...rules.map((rule, at) => hanging(page, `  ${at + 1}. `, rule))].join('\n'),
      )
      .join('\n\n'),
});
