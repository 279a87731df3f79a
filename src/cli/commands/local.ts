import { wholeNumber } from '#cli/arguments.ts';
import { localCommand } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { CodedError } from '#contract/errors.ts';

export const serve = localCommand({
  name: 'serve',
  group: 'Service',
  summary: 'Run the service until it is stopped.',
  more: 'Settings come from second-tuesday.yaml (its path: ST_CONFIG) and the environment; docs/settings.md lists them.',
  run: ({ io, json }) => io.local.serve({ json }, io),
});

export const restore = localCommand({
  name: 'restore',
  group: 'Service',
  summary: 'Restore a backup into an empty data directory or database.',
  more: 'The service must not run. ST_DATA_DIR or DATABASE_URL say where to; all of the backup is restored, or nothing.',
  positionals: { file: { value: 'FILE', description: 'what `backup` wrote' } },
  run: ({ args, io, json }) => io.local.restore({ file: args.file, json }, io),
});

const FEWEST_SERVERS = 33;

export const demo = localCommand({
  name: 'demo',
  group: 'Trying out',
  summary: 'Two Patch Tuesdays on a simulated clock, with a fleet of virtual servers.',
  more: 'Starts a service of its own in a temporary data directory, and takes all of it away at the end.',
  options: {
    servers: {
      type: 'string',
      value: 'N',
      description: `how many virtual servers, from ${FEWEST_SERVERS}; default 200`,
    },
    seed: { type: 'string', value: 'TEXT', description: 'the same text tells the same story' },
    keep: { type: 'boolean', description: 'leave the data directory, and say where it is' },
  },
  run({ options: { servers: text, seed, keep }, io, json }) {
    const servers = wholeNumber(text, '--servers') ?? 200;
    if (servers < FEWEST_SERVERS)
      throw new CodedError('usage.wrong', `--servers: ${servers} is less than ${FEWEST_SERVERS}`);
    return io.local.demo({ servers, keep, json, ...(seed === undefined ? {} : { seed }) }, io);
  },
});

export const simulate = localCommand({
  name: 'simulate',
  group: 'Trying out',
  summary: 'Let virtual servers speak to a service, as Windows servers would.',
  more:
    'On a simulated clock they move it; on the real one they live in real time. They are made up, and what they report is no evidence: ' +
    'use a data directory of its own.',
  options: {
    url: {
      type: 'string',
      value: 'URL',
      description: 'what stands in WUServer, with an enrolment token in its path',
    },
    registry: { type: 'string', value: 'FILE', description: 'their policy, as `bootstrap` wrote it; instead of --url' },
    once: { type: 'boolean', description: 'scan and report once, at once' },
    servers: { type: 'string', value: 'N', description: 'how many; default 10' },
    os: { type: 'string', choices: ['2016', '2019', '2022'], description: 'Windows Server version; default 2022' },
    days: { type: 'string', value: 'N', description: 'how long they live; default 7' },
    duration: { type: 'string', value: 'PT2H', description: 'the same as an ISO 8601 duration, instead of --days' },
  },
  run: ({ options: { url, registry, once, os, servers, days, duration }, io, json }) => {
    const version = os === '2016' || os === '2019' ? os : '2022';
    if ((url === undefined) === (registry === undefined))
      throw new CodedError('usage.wrong', 'Give either --url or --registry.');
    if (once && (days !== undefined || duration !== undefined))
      throw new CodedError('usage.wrong', '--once does not go with --days or --duration.');
    if (days !== undefined && duration !== undefined)
      throw new CodedError('usage.wrong', 'Give either --days or --duration.');
    const lives = duration === undefined ? (wholeNumber(days, '--days') ?? 7) : daysOf(duration);
    const counts = { servers: wholeNumber(servers, '--servers') ?? 10, days: lives };
    return io.local.simulate({ os: version, ...counts, once, json, ...defined({ url, registry }) }, io);
  },
});

/** A duration in days of 24 hours. */
function daysOf(duration: string): number {
  try {
    const days = Temporal.Duration.from(duration).total('days');
    if (days > 0) return days;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new CodedError('usage.wrong', `--duration: "${duration}" is not a duration such as PT2H or P1D.`);
}

export const replay = localCommand({
  name: 'replay',
  group: 'Trying out',
  summary: 'Send the requests of a recording again and compare the answers.',
  more:
    'The requests take effect: they enrol servers without names and report again what was reported. Replay into a service with a data ' +
    'directory of its own. The authority below ST_DATA_DIR is trusted. Exit status 1: an answer differs.',
  positionals: { folder: { value: 'DIR', description: 'a recording; see `record`' } },
  options: {
    url: {
      type: 'string',
      value: 'URL',
      required: true,
      description: 'the client listener, e.g. https://127.0.0.1:8531',
    },
  },
  run: ({ args, options, io, json }) => io.local.replay({ folder: args.folder, url: options.url, json }, io),
});
