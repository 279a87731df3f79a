import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as wholeText } from 'node:stream/consumers';
import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { unreadable } from '#cli/files.ts';
import { defined } from '#cli/members.ts';
import { fields, hanging } from '#cli/output/layout.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { bootstrap as endpoint } from '#contract/endpoints/enrolment.ts';
import { CodedError } from '#contract/errors.ts';

type Files = EndpointResult<typeof endpoint>['files'];

export const bootstrap = command({
  name: 'bootstrap',
  group: 'Customers and servers',
  summary: "Write the files with which a customer's servers enrol.",
  more:
    'Registration file, PowerShell, two forms for group policy and the settings task. The service keeps only the digest of an enrolment token: give the token, with `--token -` from standard input, or have a new one made. ' +
    'The files hold the token; only their owner may read them. docs/enrolment.md tells what each is for.',
  options: {
    customer: { type: 'string', value: 'NAME', description: 'name or id', required: true },
    token: { type: 'string', value: 'TOKEN', description: 'its enrolment token; - reads it from standard input' },
    'new-token': { type: 'boolean', description: 'make a new token; the old one enrols nobody any more' },
    region: { type: 'string', value: 'NAME', description: "default: the customer's, else the closest to its zone" },
    plan: { type: 'string', value: 'NAME', description: "default: the customer's" },
    profile: {
      type: 'string',
      choices: ['seed', 'plan'],
      description: 'plan: day and hour of the plan (default); seed: the published values, every day at 02:00',
    },
    weekday: { type: 'string', value: 'N', description: '1 (Monday) to 7 (Sunday), 0 every day; default: of the plan' },
    hour: { type: 'string', value: 'H', description: 'whole local hour, 0 to 23; default: of the plan' },
    group: { type: 'string', value: 'NAME', description: 'target group that the servers are to name' },
    strict: { type: 'boolean', description: 'nobody fetches updates from Microsoft on the servers by hand' },
    task: { type: 'boolean', description: 'with the settings task, as is the default of the plan profile' },
    'no-task': { type: 'boolean', description: 'without the settings task' },
    out: { type: 'string', value: 'DIR', description: 'new or empty folder for the files; default bootstrap-CUSTOMER' },
  },
  async run({ options, service }) {
    const { customer, region, plan, profile, group, task, strict, 'new-token': newToken, 'no-task': noTask } = options;
    if (task && noTask) throw new CodedError('usage.wrong', '--task and --no-task contradict each other');
    if ((options.token === undefined) === !newToken)
      throw new CodedError('usage.wrong', 'give --token TOKEN (or --token - for standard input), or --new-token');
    const token = options.token === '-' ? (await wholeText(process.stdin)).trim() : options.token;
    const folder = options.out ?? `bootstrap-${customer.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}`;
    await emptyFolder(folder); // before: a failure after it would lose a new token
    const body = {
      ...defined({ token, region, plan, group, weekday: wholeNumber(options.weekday, '--weekday') }),
      ...defined({ hour: wholeNumber(options.hour, '--hour'), newToken: newToken || undefined }),
      ...defined({ profile: profileOf(profile) }),
      ...(strict ? { strict } : {}),
      ...(task || noTask ? { task: !noTask } : {}),
    };
    const { files, ...made } = await service.call(endpoint, { params: { customer }, body });
    return { ...made, folder, files: await writeFiles(folder, files) };
  },
  show: ({ customer, region, wuServer, token, schedule, folder, files, warnings }, page) =>
    [
      fields(page, [
        ['Customer', customer],
        ['Region', region],
        ['WUServer', wuServer],
        ['New token', token],
        ['Installs', schedule],
        ['Folder', folder],
        ['Files', files.join(', ')],
      ]),
      ...warnings.map((warning) => hanging(page, 'Warning: ', warning)),
      ...(token === undefined
        ? []
        : ['A token made earlier enrols nobody any more; servers that are enrolled stay so.']),
      'Copy the folder to a server and run enrol.ps1 there as administrator. Not one of the files has yet been executed on Windows.',
    ].join('\n'),
});

/** The profile in an option whose choices are checked. */
function profileOf(text: string | undefined): 'seed' | 'plan' | undefined {
  return text === 'seed' || text === 'plan' ? text : undefined;
}

async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    throw unreadable(folder, error);
  }
  const why = 'older files in it could be run by mistake; --out names another folder';
  throw new CodedError('conflict.exists', `${folder} is not empty: ${why}`);
}

async function writeFiles(folder: string, files: Files): Promise<readonly string[]> {
  for (const { name, encoding, text } of files) {
    if (!/^[a-z][a-z-]*\.[a-z0-9]+$/.test(name)) throw new CodedError('service.failed', 'a file has no plain name');
    const bytes = encoding === 'utf-16le' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text, 'latin1');
    await writeFile(join(folder, name), bytes, { mode: 0o600, flag: 'wx' });
  }
  return files.map(({ name }) => name);
}
