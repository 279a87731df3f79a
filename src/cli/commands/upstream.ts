import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { categoriesText, runLine, upstreamText } from '#cli/upstream/text.ts';
import {
  addUpstream,
  changeUpstream,
  chooseCategories,
  listQuarantined,
  listUpstreamCategories,
  listUpstreams,
  removeUpstream,
  showUpstream,
  stopPull,
} from '#contract/endpoints/upstream.ts';
import { CodedError } from '#contract/errors.ts';

const GROUP = 'Catalogue and policy';
const NAME = { value: 'NAME', description: 'the name of the upstream' } as const;
const KINDS = ['microsoft', 'wsus', 'second-tuesday'] as const;
const LONGEST_PEM = 64 * 1024;

const SETUP = {
  url: { type: 'string', value: 'URL', description: 'its root, e.g. https://wsus.example.com:8531' },
  languages: { type: 'string', value: 'LIST', description: 'e.g. en,de; `all` for every language' },
  'interval-hours': { type: 'string', value: 'N', description: 'hours between two pulls; default 6' },
  ca: { type: 'string', value: 'FILE', description: 'PEM of roots that its certificate may chain to' },
} as const;

export const upstreamAdd = command({
  name: 'upstream add',
  group: GROUP,
  summary: 'Add a server to pull metadata from: Microsoft, or a WSUS.',
  positionals: { name: NAME },
  options: {
    ...SETUP,
    kind: { type: 'string', choices: KINDS, description: 'default: wsus' },
    'by-hand': { type: 'boolean', description: 'pulled only by `upstream pull`' },
  },
  async run({ args, options, service }) {
    const body = { name: args.name, ...(await setupOf(options)), ...(options['by-hand'] ? { enabled: false } : {}) };
    const known = KINDS.find((kind) => kind === options.kind);
    return service.call(addUpstream, { body: { ...body, ...(known ? { kind: known } : {}) } });
  },
  show: upstreamText,
});

export const upstreamList = command({
  name: 'upstream list',
  group: GROUP,
  summary: 'Servers that metadata is pulled from, and how each stands.',
  run: ({ service }) => service.call(listUpstreams),
  show: ({ items }, page) =>
    table(
      page,
      [
        { title: 'Upstream' },
        { title: 'Address' },
        { title: 'Last success' },
        { title: 'Pending', right: true },
        { title: 'Latest pull' },
      ],
      items.map(({ name, url, lastSuccess, pending, run }) => [
        name,
        url,
        shortUtc(lastSuccess) ?? 'never',
        pending,
        run ? runLine(run) : 'none',
      ]),
      'No upstreams. `upstream add` adds one.',
    ),
});

export const upstreamChange = command({
  name: 'upstream change',
  group: GROUP,
  summary: 'Change the address, languages, schedule or trusted roots of an upstream.',
  positionals: { name: NAME },
  options: {
    ...SETUP,
    'no-ca': { type: 'boolean', description: 'no roots of your own any more' },
    automatic: { type: 'string', choices: ['yes', 'no'], description: 'no: pulled only by `upstream pull`' },
  },
  async run({ args, options, service }) {
    const { automatic } = options;
    const body = {
      ...(await setupOf(options)),
      ...(options['no-ca'] ? { ca: null } : {}),
      ...(automatic === undefined ? {} : { enabled: automatic === 'yes' }),
    };
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(changeUpstream, { params: { upstream: args.name }, body });
  },
  show: upstreamText,
});

export const upstreamCategories = command({
  name: 'upstream categories',
  group: GROUP,
  summary: 'What an upstream has: products and classifications, and which are chosen.',
  more: '* marks what is chosen, + what comes with it.',
  positionals: {
    name: NAME,
    search: { value: 'TEXT', description: 'only titles with this text', optional: true },
  },
  options: { chosen: { type: 'boolean', description: 'only what is chosen' } },
  async run({ args, options, service }) {
    const { items, warnings } = await service.call(listUpstreamCategories, { params: { upstream: args.name } });
    const wanted = args.search?.toLowerCase() ?? '';
    const shown = items.filter(
      ({ title, included }) => title.toLowerCase().includes(wanted) && (included || !options.chosen),
    );
    return { items: shown, warnings };
  },
  show: categoriesText,
});

export const upstreamChoose = command({
  name: 'upstream choose',
  group: GROUP,
  summary: 'Choose products and classifications to pull updates of, by title or id.',
  more: 'A family or a company stands for all its products, also for those to come. At least one product and one classification are needed.',
  positionals: { name: NAME, titles: { value: 'TITLE', description: 'titles or ids', many: true } },
  options: { remove: { type: 'boolean', description: 'take these out of the choice; what was pulled stays' } },
  async run({ args, options, service }) {
    if (args.titles.length === 0)
      throw new CodedError('usage.wrong', 'TITLE is missing; `upstream categories` lists them');
    const body = options.remove ? { remove: [...args.titles] } : { add: [...args.titles] };
    const answer = await service.call(chooseCategories, { params: { upstream: args.name }, body });
    return { ...answer, items: answer.items.filter(({ included }) => included) };
  },
  show: categoriesText,
});

export const upstreamStatus = command({
  name: 'upstream status',
  group: GROUP,
  summary: 'How an upstream and its latest pull stand.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(showUpstream, { params: { upstream: args.name } }),
  show: upstreamText,
});

export const upstreamQuarantine = command({
  name: 'upstream quarantine',
  group: GROUP,
  summary: 'Revisions that were listed and could not be taken, and why.',
  positionals: { name: NAME },
  options: LIST_OPTIONS,
  run: ({ args, options, service }) =>
    listed(options, (query) => service.call(listQuarantined, { params: { upstream: args.name }, query })),
  show: (list, page) =>
    table(
      page,
      [
        { title: 'Update' },
        { title: 'Revision', right: true },
        { title: 'Since' },
        { title: 'Code' },
        { title: 'Reason' },
      ],
      list.items.map(({ updateId, revisionNumber, at, code, message }) => [
        updateId,
        revisionNumber,
        shortUtc(at),
        code,
        message,
      ]),
      'Nothing is in quarantine.',
    ) + andMore(list),
});

export const upstreamStop = command({
  name: 'upstream stop',
  group: GROUP,
  summary: 'Let a pull stop after the batch that it is at; what was pulled stays.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(stopPull, { params: { upstream: args.name } }),
  show: ({ stopping }) => (stopping ? 'It stops after the batch that it is at.' : 'No pull is under way.'),
});

export const upstreamRemove = command({
  name: 'upstream remove',
  group: GROUP,
  summary: 'Remove an upstream; what was pulled stays in the catalogue.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(removeUpstream, { params: { upstream: args.name } }),
  show: ({ removed }, page) => fields(page, [['Removed', removed]]),
});

interface SetupOptions {
  readonly url: string | undefined;
  readonly languages: string | undefined;
  readonly 'interval-hours': string | undefined;
  readonly ca: string | undefined;
}

async function setupOf(options: SetupOptions) {
  const hours = wholeNumber(options['interval-hours'], '--interval-hours');
  const { languages } = options;
  return defined({
    url: options.url,
    intervalMinutes: hours === undefined ? undefined : hours * 60,
    languages: languages === 'all' ? [] : languages?.split(',').map((name) => name.trim()),
    ca: options.ca === undefined ? undefined : await readText(options.ca, LONGEST_PEM),
  });
}
