import { type Command, GROUPS, type Option } from '#cli/command.ts';
import { displayWidth, hanging, pad } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';

const PROGRAM = 'second-tuesday';
const COMMON: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', description: 'print the answer as JSON' },
  help: { type: 'boolean', description: 'print this' },
};
const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['ST_URL', 'where the service is; default http://127.0.0.1:8080, or the port in ST_CONSOLE_PORT'],
  ['ST_TOKEN', 'the token; default: what stands in admin-token in the data directory'],
  ['ST_DATA_DIR', 'the data directory; default ./data'],
  ['NO_COLOR', 'no colours'],
];

/** All commands in their groups, one line each. */
export function overview(commands: readonly Command[], page: Page): string {
  const blocks = GROUPS.map((group) => {
    const own = commands.filter((command) => command.group === group);
    return section(
      page,
      group,
      own.map((command) => [command.name, command.summary]),
    );
  });
  return [
    `${PROGRAM} COMMAND [--help] [--json]`,
    hanging(page, '', 'Managed Windows Server patching: what is offered to which server, when, and why.'),
    ...blocks,
    section(page, 'Environment', ENVIRONMENT),
    'Exit status: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n\n');
}

/** Some commands in one list. */
export function groupHelp(commands: readonly Command[], page: Page): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [`${PROGRAM} COMMAND [--help] [--json]`, section(page, 'Commands', rows)].join('\n\n');
}

/** How one command is used. */
export function commandHelp(command: Command, page: Page): string {
  const options = Object.entries({ ...command.options, ...COMMON });
  const positionals = Object.values(command.positionals);
  return [
    usage(command),
    command.summary + (command.alias === undefined ? '' : ` Also: ${PROGRAM} ${command.alias}.`),
    ...(command.more === undefined ? [] : [hanging(page, '', command.more)]),
    ...(positionals.length === 0
      ? []
      : [
          section(
            page,
            'Arguments',
            positionals.map((one) => [one.value, one.description]),
          ),
        ]),
    section(
      page,
      'Options',
      options.map(([name, option]) => [spelling(name, option), describe(option)]),
    ),
  ].join('\n\n');
}

/** `second-tuesday why SERVER UPDATE [--at INSTANT]`. */
export function usage({ name, positionals, options }: Command): string {
  const words = Object.values(positionals).map(({ value, optional, many }) => {
    const shown = many ? `${value}…` : value;
    return optional ? `[${shown}]` : shown;
  });
  const flags = Object.entries(options).map(([flag, option]) => {
    return option.required ? spelling(flag, option) : `[${spelling(flag, option)}]`;
  });
  return [PROGRAM, name, ...words, ...flags].join(' ');
}

function spelling(name: string, { value, choices, type }: Option): string {
  return type === 'boolean' ? `--${name}` : `--${name} ${choices?.join('|') ?? value ?? 'TEXT'}`;
}

function describe({ description, required }: Option): string {
  return required ? `${description} (needed)` : description;
}

function section(page: Page, title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => displayWidth(name)));
  return [title, ...rows.map(([name, text]) => hanging(page, `  ${pad(name, width)}  `, text))].join('\n');
}
