import { readArguments } from '#cli/arguments.ts';
import type { Command, Outcome } from '#cli/command.ts';
import { COMMANDS } from '#cli/commands.ts';
import { printFailure, statusOf } from '#cli/failure.ts';
import { commandHelp, groupHelp, overview } from '#cli/help.ts';
import type { CliIo } from '#cli/io.ts';
import { nearest } from '#cli/nearest.ts';
import { safeJson } from '#cli/output/clean.ts';
import { pageFor } from '#cli/output/page.ts';
import { startProgress } from '#cli/output/progress.ts';
import { connect } from '#cli/service.ts';
import { CodedError } from '#contract/errors.ts';

/**
 * Runs one command line and resolves with its exit status: 0 done, 1 failed, 2 wrong usage. Answers go to stdout, everything else to
 * stderr; it never throws.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const [first] = argv;
  if (first === '--version') return say(io, io.version);
  if (first === '--help' || first === '-h' || first === 'help')
    return say(io, overview(COMMANDS, pageFor(io.stdout, io.env)));
  if (first === undefined) {
    io.stderr.write(`${overview(COMMANDS, pageFor(io.stderr, io.env))}\n`);
    return 2;
  }
  try {
    const found = findCommand(first, argv);
    if (found.kind === 'command') return await run(found.command, found.words, io);
    if (found.askedForHelp) return say(io, groupHelp(found.commands, pageFor(io.stdout, io.env)));
    io.stderr.write(`${groupHelp(found.commands, pageFor(io.stderr, io.env))}\n`);
    return 2;
  } catch (error) {
    return fail(error, argv, io);
  }
}

type Found =
  | { readonly kind: 'command'; readonly command: Command; readonly words: readonly string[] }
  | { readonly kind: 'group'; readonly commands: readonly Command[]; readonly askedForHelp: boolean };

/** The command with the most words in common, or all those that begin with the words given, such as `readiness policy`. */
function findCommand(first: string, argv: readonly string[]): Found {
  for (const length of [3, 2, 1]) {
    const name = argv.slice(0, length).join(' ');
    const command = COMMANDS.find((one) => one.name === name || one.alias === name);
    if (command && argv.length >= length) return { kind: 'command', command, words: argv.slice(length) };
  }
  const rest = argv.slice(1);
  const flag = rest.findIndex((word) => word.startsWith('-'));
  const said = [first, ...(flag === -1 ? rest : rest.slice(0, flag))];
  const commands = inGroup(said);
  const askedForHelp = rest[flag] === '--help' || rest[flag] === '-h';
  if (commands.length > 0 && (flag === -1 || askedForHelp)) return { kind: 'group', commands, askedForHelp };
  const wanted = said.slice(0, inGroup(said.slice(0, 2)).length > 0 ? 3 : 2).join(' ');
  const names = COMMANDS.map(({ name }) => name);
  const guess = nearest(wanted, names) ?? nearest(first, names);
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
  throw new CodedError('usage.wrong', `there is no command "${wanted}"${hint}`);
}

/** The commands that begin with these words and have more. */
function inGroup(words: readonly string[]): readonly Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${words.join(' ')} `));
}

async function run(command: Command, words: readonly string[], io: CliIo): Promise<number> {
  const reading = readArguments(command, words);
  if (reading.help) return say(io, commandHelp(command, pageFor(io.stdout, io.env)));
  const progress = startProgress(io, `${command.name}: waiting for the service`);
  let outcome: Outcome;
  try {
    outcome = await command.execute({ ...reading, io, service: connect(io), progress });
  } finally {
    progress.end();
  }
  if (outcome.kind === 'status') return outcome.status;
  const text = reading.json ? safeJson(outcome.value, 2) : outcome.text(pageFor(io.stdout, io.env));
  say(io, text.trimEnd());
  return outcome.failed ? 1 : 0;
}

function say(io: CliIo, text: string): number {
  io.stdout.write(`${text}\n`);
  return 0;
}

function fail(error: unknown, argv: readonly string[], io: CliIo): number {
  printFailure(error, argv.includes('--json'), io);
  return statusOf(error);
}
