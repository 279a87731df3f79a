import type { CliIo } from '#cli/io.ts';
import { clean } from '#cli/output/clean.ts';
import type { Page } from '#cli/output/page.ts';
import type { Progress } from '#cli/output/progress.ts';
import type { Service } from '#cli/service.ts';

/** Groups of the overview, in its order. */
export const GROUPS = [
  'Service',
  'Catalogue and policy',
  'Customers and servers',
  'Inventory',
  'Calendar',
  'Waves',
  'Readiness',
  'Decisions',
  'Trying out',
] as const;

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly description: string;
  /** What stands for the value in the help, e.g. `INSTANT`. */
  readonly value?: string;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  readonly required?: true;
}

export interface Positional {
  readonly value: string;
  readonly description: string;
  readonly optional?: true;
  /** Takes all that follow; only the last one can. */
  readonly many?: true;
}

export type Options = Readonly<Record<string, Option>>;
export type Positionals = Readonly<Record<string, Positional>>;

export type OptionValues<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly type: 'boolean' }
    ? boolean
    : O[K] extends { readonly required: true }
      ? string
      : string | undefined;
};
export type PositionalValues<P extends Positionals> = {
  readonly [K in keyof P]: P[K] extends { readonly many: true }
    ? readonly string[]
    : P[K] extends { readonly optional: true }
      ? string | undefined
      : string;
};

/** One use of a command. */
export interface Call<O extends Options = Options, P extends Positionals = Positionals> {
  readonly options: OptionValues<O>;
  readonly args: PositionalValues<P>;
  readonly json: boolean;
  readonly io: CliIo;
  readonly service: Service;
  readonly progress: Progress;
}

interface Description<O extends Options, P extends Positionals> {
  /** One to three words. */
  readonly name: string;
  /** Another spelling of the name. */
  readonly alias?: string;
  readonly group: (typeof GROUPS)[number];
  /** One line of the overview. */
  readonly summary: string;
  /** More for its own help. */
  readonly more?: string;
  readonly options?: O;
  readonly positionals?: P;
}

/** A command that asks the service (or reads files) and shows what came of it, as text or, with --json, as it is. */
interface Asking<O extends Options, P extends Positionals, Result> extends Description<O, P> {
  run(call: Call<O, P>): Promise<Result>;
  /** The text for people, from a result without control characters. */
  show(result: Result, page: Page): string;
  /** True when something was done but not all of it. */
  failed?(result: Result): boolean;
  /** The result holds text of several lines, which stay lines. */
  readonly keepsLines?: true;
}

/** What running a command came to: an answer to print, or the exit status of one that printed by itself. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown; readonly failed: boolean; text(page: Page): string }
  | { readonly kind: 'status'; readonly status: number };

export interface Command extends Description<Options, Positionals> {
  readonly options: Options;
  readonly positionals: Positionals;
  execute(call: Call): Promise<Outcome>;
}

/** Declares a command; its option and argument types follow from their records. */
export function command<const O extends Options, const P extends Positionals, Result>(
  definition: Asking<O, P, Result>,
): Command {
  const { run, show, failed, keepsLines, ...description } = definition;
  return {
    ...withArguments(description),
    async execute(call) {
      const value = await run(call as unknown as Call<O, P>);
      const text = (page: Page) => show(clean(value, keepsLines ? 'lines' : 'one line'), page);
      return { kind: 'answer', value, failed: failed?.(value) ?? false, text };
    },
  };
}

/** Declares a command that prints by itself, most of them composed outside this room. */
export function localCommand<const O extends Options, const P extends Positionals>(
  definition: Description<O, P> & { run(call: Call<O, P>): Promise<number> },
): Command {
  const { run, ...description } = definition;
  return {
    ...withArguments(description),
    async execute(call) {
      call.progress.end();
      return { kind: 'status', status: await run(call as unknown as Call<O, P>) };
    },
  };
}

function withArguments<D extends Description<Options, Positionals>>(description: D) {
  return { ...description, options: description.options ?? {}, positionals: description.positionals ?? {} };
}
