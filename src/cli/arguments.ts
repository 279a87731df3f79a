import { parseArgs } from 'node:util';
import type { Call, Command } from '#cli/command.ts';
import { usage } from '#cli/help.ts';
import { nearest } from '#cli/nearest.ts';
import { CodedError } from '#contract/errors.ts';

/** What a command line asks of its command. */
export type Reading = { readonly help: true } | ({ readonly help: false } & Pick<Call, 'options' | 'args' | 'json'>);

/** Reads the words after a command's name. Throws `usage.wrong` with the usage for whatever the command does not take. */
export function readArguments(command: Command, words: readonly string[]): Reading {
  try {
    return read(command, words);
  } catch (error) {
    throw error instanceof CodedError ? new CodedError(error.code, error.message, [usage(command)]) : error;
  }
}

function read(command: Command, words: readonly string[]): Reading {
  const { values, positionals } = parsed(command, words);
  if (values.help) return { help: true };
  // Before the options: a word too many is the likelier mistake than an option left out.
  const args = readPositionals(command, positionals) as Call['args'];
  const options: Record<string, unknown> = {};
  for (const [name, { type, required, choices }] of Object.entries(command.options)) {
    const value = values[name];
    if (required && value === undefined) throw new CodedError('usage.wrong', `--${name} is missing`);
    if (choices && value !== undefined && !choices.includes(String(value)))
      throw new CodedError('usage.wrong', `--${name}: "${value}" is not one of ${choices.join(', ')}`);
    options[name] = type === 'boolean' ? value === true : value;
  }
  return {
    help: false,
    json: values.json === true,
    options: options as Call['options'],
    args,
  };
}

/** A whole number of an option, e.g. of `--hour`; undefined stays undefined. */
export function wholeNumber(text: string, name: string): number;
export function wholeNumber(text: string | undefined, name: string): number | undefined;
export function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new CodedError('usage.wrong', `${name}: "${text}" is not a whole number`);
  return Number(text);
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parsed(command: Command, words: readonly string[]): Parsed {
  const own = Object.entries(command.options).map(([name, { type }]) => [name, { type }] as const);
  const known = [...Object.keys(command.options), 'help', 'json'];
  try {
    return parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: true,
      options: {
        ...Object.fromEntries(own),
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node's messages go on with advice that does not fit here.
    const sentence = (error as Error).message.split(/\. |\n/)[0] ?? '';
    throw new CodedError('usage.wrong', sentence.replace(/\.$/, '') + guessOf(sentence, known));
  }
}

/** What an option that there is not was most likely meant to be. */
function guessOf(sentence: string, known: readonly string[]): string {
  const wrong = /^Unknown option '--([^']+)'/.exec(sentence)?.[1];
  const guess = wrong === undefined ? undefined : nearest(wrong, known);
  return guess === undefined ? '' : `; did you mean "--${guess}"?`;
}

function readPositionals(command: Command, words: readonly string[]): Readonly<Record<string, unknown>> {
  const rest = [...words];
  const values: Record<string, unknown> = {};
  for (const [name, { value, optional, many }] of Object.entries(command.positionals)) {
    if (rest.length === 0 && !optional) throw new CodedError('usage.wrong', `${value} is missing`);
    values[name] = many ? rest.splice(0) : rest.shift();
  }
  if (rest.length > 0) throw new CodedError('usage.wrong', `"${rest[0]}" is one word too many; quote what has blanks`);
  return values;
}
