import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { readText } from '#cli/files.ts';
import { defined } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import {
  addDirectory,
  changeDirectory,
  listDirectories,
  removeDirectory,
  showDirectory,
  stopDirectory,
} from '#contract/endpoints/directory.ts';
import { CodedError } from '#contract/errors.ts';

const NAME = { value: 'NAME', description: 'the name of the directory' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const LONGEST_PEM = 64 * 1024;
const LONGEST_PASSWORD = 4096;
const LONGEST_MAPPINGS = 1024 * 1024;

const SETUP = {
  url: { type: 'string', value: 'LIST', description: 'ldaps://dc1.corp.example,… or ldap://… (with StartTLS)' },
  user: { type: 'string', value: 'NAME', description: 'distinguished name, user@domain or DOMAIN\\user' },
  'password-file': { type: 'string', value: 'FILE', description: 'its password; the first line counts' },
  base: { type: 'string', value: 'DN', description: 'below which computers are looked for' },
  filter: { type: 'string', value: 'FILTER', description: 'which of them; default: (operatingSystem=*Server*)' },
  ca: { type: 'string', value: 'FILE', description: "PEM of roots that a controller's certificate may chain to" },
  'stale-days': { type: 'string', value: 'N', description: 'who has not logged on for so long is not there; 0: never' },
  mappings: { type: 'string', value: 'FILE', description: 'JSON: what organizational units say; docs/directory.md' },
} as const;

export const directoryAdd = command({
  name: 'directory add',
  group: 'Inventory',
  summary: "Add an Active Directory that tells of a customer's servers.",
  more: 'Nothing is read yet: `directory sync NAME --dry-run` shows what it would change.',
  positionals: { name: NAME },
  options: {
    customer: { type: 'string', value: 'NAME', required: true, description: 'whose servers it knows' },
    ...SETUP,
    'by-hand': { type: 'boolean', description: 'read only by `directory sync`, not each day' },
    who: WHO,
  },
  async run({ args, options, service }) {
    const { urls, user, base, password, ...rest } = await setupOf(options);
    const missing = Object.entries({ url: urls, user, base, 'password-file': password }).find(([, value]) => !value);
    if (!urls || !user || !base || !password) throw new CodedError('usage.wrong', `--${missing?.[0]} is missing`);
    const body = { name: args.name, customer: options.customer, urls, user, base, password, ...rest };
    const enabled = options['by-hand'] ? { enabled: false } : {};
    return service.call(addDirectory, { body: { ...body, ...enabled, ...defined({ who: options.who }) } });
  },
  show: directoryText,
});

export const directoryChange = command({
  name: 'directory change',
  group: 'Inventory',
  summary: 'Change addresses, user, password, base, filter, roots or mappings of a directory.',
  more: 'A new address needs the password again.',
  positionals: { name: NAME },
  options: {
    ...SETUP,
    'no-ca': { type: 'boolean', description: 'no roots of your own any more' },
    'no-filter': { type: 'boolean', description: "all with a server's operating system again" },
    automatic: { type: 'string', choices: ['yes', 'no'], description: 'no: read only by `directory sync`' },
    who: WHO,
  },
  async run({ args, options, service }) {
    const { automatic, who } = options;
    const body = {
      ...(await setupOf(options)),
      ...(options['no-ca'] ? { ca: null } : {}),
      ...(options['no-filter'] ? { filter: null } : {}),
      ...(automatic === undefined ? {} : { enabled: automatic === 'yes' }),
    };
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(changeDirectory, { params: { directory: args.name }, body: { ...body, ...defined({ who }) } });
  },
  show: directoryText,
});

export const directoryList = command({
  name: 'directory list',
  group: 'Inventory',
  summary: "Active Directories that tell of customers' servers, and how each stands.",
  run: ({ service }) => service.call(listDirectories),
  show: ({ items }, page) =>
    table(
      page,
      [
        { title: 'Directory' },
        { title: 'Customer' },
        { title: 'Base' },
        { title: 'Each day' },
        { title: 'Latest reading' },
      ],
      items.map((one) => [one.name, one.customer, one.base, one.enabled ? 'yes' : 'no', runText(one)]),
      'No directories. `directory add` adds one.',
    ),
});

export const directoryShow = command({
  name: 'directory show',
  group: 'Inventory',
  summary: 'How a directory is read, and what its latest reading came to.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(showDirectory, { params: { directory: args.name } }),
  show: directoryText,
});

export const directoryStop = command({
  name: 'directory stop',
  group: 'Inventory',
  summary: 'Stop the reading of a directory; nothing is changed by it.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(stopDirectory, { params: { directory: args.name } }),
  show: ({ stopping }) => (stopping ? 'It stops; nothing is changed.' : 'Nothing is being read.'),
});

export const directoryRemove = command({
  name: 'directory remove',
  group: 'Inventory',
  summary: 'Remove a directory; what it said of servers stays.',
  positionals: { name: NAME },
  options: { who: WHO },
  run: ({ args, options: { who }, service }) =>
    service.call(removeDirectory, { params: { directory: args.name }, query: defined({ who }) }),
  show: ({ removed }, page) => fields(page, [['Removed', removed]]),
});

type Shown = EndpointResult<typeof showDirectory>;
type Mappings = NonNullable<NonNullable<EndpointCall<typeof addDirectory>['body']>['mappings']>;

async function setupOf(options: { readonly [Name in keyof typeof SETUP]: string | undefined }) {
  const { user, base, filter, ca, url } = options;
  const passwordFile = options['password-file'];
  return defined({
    urls: url?.split(',').map((one) => one.trim()),
    user,
    base,
    filter,
    password:
      passwordFile === undefined ? undefined : (await readText(passwordFile, LONGEST_PASSWORD)).split(/\r?\n/, 1)[0],
    ca: ca === undefined ? undefined : await readText(ca, LONGEST_PEM),
    staleDays: wholeNumber(options['stale-days'], '--stale-days'),
    mappings: options.mappings === undefined ? undefined : await readMappings(options.mappings),
  });
}

/** The service checks what is in it, and names each problem. */
async function readMappings(path: string): Promise<Mappings> {
  try {
    return JSON.parse(await readText(path, LONGEST_MAPPINGS)) as Mappings;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('usage.wrong', `${path}: not JSON: ${(error as Error).message}`);
  }
}

function directoryText(one: Shown, page: Page): string {
  const head = fields(page, [
    ['Directory', one.name],
    ['Customer', one.customer],
    ['Addresses', one.urls.join(', ')],
    ['User', one.user],
    ['Base', one.base],
    ['Filter', one.filter],
    ['Own roots', one.ownRoots ? 'yes' : undefined],
    ['Not there after', one.staleDays === 0 ? undefined : `${one.staleDays} days without a logon`],
    ['Each day', one.enabled ? 'yes' : 'no: only by `directory sync`'],
    ['Latest reading', runText(one)],
  ]);
  if (one.mappings.length === 0) return head;
  const columns = [
    { title: 'Unit' },
    { title: 'Environment' },
    { title: 'Tier' },
    { title: 'Exposure' },
    { title: 'Roles' },
    { title: 'Group' },
  ];
  const rows = one.mappings.map(({ ou, environment, tier, exposure, roles, group }) => [
    ...[ou, environment, tier, exposure, roles?.join(', '), group],
  ]);
  return `${head}\n\n${table(page, columns, rows, '')}`;
}

function runText({ reading, lastRun }: Shown): string {
  if (reading) return `goes on: ${reading.entries} computers so far`;
  if (!lastRun) return 'never';
  const { outcome, startedAt, startedBy, counts, code, message } = lastRun;
  const when = `${shortUtc(startedAt)} by ${startedBy}`;
  if (counts)
    return `${when}: ${counts.servers} servers, ${counts.added} new, ${counts.changed} changed, ${counts.left} left, ${counts.conflicts} with a conflict`;
  return `${when}: ${outcome}${code === undefined ? '' : ` (${code}): ${message ?? ''}`}`;
}
