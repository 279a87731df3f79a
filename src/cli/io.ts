import type { LocalCommands } from '#cli/local.ts';

/** Where text goes; the process's own streams are ones. */
export interface Writer {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

/** All that the command line has of the world. */
export interface CliIo {
  readonly version: string;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Aborts when the person wants an end (Ctrl-C). */
  readonly signal?: AbortSignal;
  /** A steady clock in milliseconds, for rates; default: the process's own. */
  readonly now?: () => number;
  /** What needs rooms that the command line does not know. */
  readonly local: LocalCommands;
}
