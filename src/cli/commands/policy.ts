import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { hanging, table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { strong } from '#cli/output/page.ts';
import { listPolicies, putPolicy, showPolicy, testPolicy } from '#contract/endpoints/catalogue.ts';
import { showOrder } from '#contract/endpoints/control.ts';

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
  show: ({ version, who, why, at, yaml }) => {
    const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
    return `# Version ${version}, ${utc(at)}, by ${oneLine(who)}: ${oneLine(why)}\n${yaml}`;
  },
});

export const policyVersions = command({
  name: 'policy versions',
  group: 'Catalogue and policy',
  summary: 'All versions of the policy: who, when, why.',
  options: LIST_OPTIONS,
  run: ({ options, service }) => listed(options, (query) => service.call(listPolicies, { query })),
  show(list, page) {
    const columns = [{ title: 'Version', right: true }, { title: 'At' }, { title: 'Who' }, { title: 'Why' }] as const;
    const rows = list.items.map(({ version, at, who, why }) => [version, shortUtc(at), who, why]);
    return table(page, columns, rows, 'No versions.') + andMore(list);
  },
});

export const policyTest = command({
  name: 'policy test',
  group: 'Catalogue and policy',
  summary: 'What would change under another policy. Changes nothing.',
  positionals: { file: FILE },
  async run({ args, service }) {
    return service.call(testPolicy, { body: { yaml: await readText(args.file, LARGEST_POLICY) } });
  },
  failed: ({ problems }) => problems.length > 0,
  show({ problems, changes, compared }, page) {
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
    const heading = `${many(changes.length, 'verdict')} of ${compared} would change.`;
    return rows.length === 0 ? heading : `${heading}\n${table(page, columns, rows, '')}`;
  },
});

export const policySet = command({
  name: 'policy set',
  group: 'Catalogue and policy',
  summary: 'Put a policy in force as a new version.',
  positionals: { file: FILE },
  options: { why: WHY, who: WHO },
  async run({ args, options: { why, who }, service }) {
    const yaml = await readText(args.file, LARGEST_POLICY);
    return service.call(putPolicy, { body: { yaml, why, ...(who === undefined ? {} : { who }) } });
  },
  show: ({ version, changes }) => `Version ${version} is in force; ${many(changes, 'verdict')} changed.`,
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
