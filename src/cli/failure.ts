import type { CliIo } from '#cli/io.ts';
import { cleanText, safeJson } from '#cli/output/clean.ts';
import { CodedError, ERRORS, type ErrorCode } from '#contract/errors.ts';

interface Failure {
  /** Of the registry, or the system's own, such as `ENOSPC`. */
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly advice: string;
}

const MOST_DETAILS = 50;
const HOW_TO_START =
  'Start it with `npm start` or `second-tuesday serve`; if it runs elsewhere, name its address in ST_URL.';

/** What a person at a terminal does, where the registry speaks to programs as well. */
const ADVICE_HERE: Partial<Record<ErrorCode, string>> = {
  'not-found':
    'The lists show what there is (`servers list`, `customers list`, `catalogue list`): write a name as it stands there, a server with its domain.',
  'service.unreachable': HOW_TO_START,
  'auth.missing':
    'Set ST_DATA_DIR to the data directory of the service, or ST_TOKEN to what stands in admin-token in that directory.',
};

/** What the operating system's refusals mean here. */
const SYSTEM_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens on that port: stop it, or choose another port; docs/settings.md lists them.',
  EADDRNOTAVAIL: 'This machine has no such address; docs/settings.md lists the settings of addresses.',
  EACCES: 'This user may not do that: look at the owner and the permissions; ports below 1024 may need a privilege.',
  EPERM: 'This user may not do that: look at the owner and the permissions.',
  ENOENT: 'Look at the path; the folder must exist.',
  ECONNREFUSED: 'Nothing answers at that address; where the database is, DATABASE_URL says.',
  ENOTFOUND: 'That name has no address; where the database is, DATABASE_URL says.',
  ENOSPC: 'The disk is full: make room, then try again.',
  EROFS: 'That file system cannot be written to; choose another place.',
};

/** Tells on stderr what went wrong and what to do; as one JSON object where JSON was asked for. */
export function printFailure(error: unknown, json: boolean, io: CliIo): void {
  if (isAbort(error, io)) {
    io.stderr.write('second-tuesday: stopped\n');
    return;
  }
  const failure = failureOf(error);
  if (json) {
    io.stderr.write(`${safeJson({ error: failure }, 2)}\n`);
    return;
  }
  const { code, message, details, advice } = failure;
  const lines = [`second-tuesday: ${cleanText(message)} (${code})`];
  // One detail that says the same again helps nobody.
  const list = details.length === 1 && details[0] === message ? [] : details;
  for (const detail of list.slice(0, MOST_DETAILS)) lines.push(`  - ${cleanText(detail)}`);
  if (list.length > MOST_DETAILS) lines.push(`  and ${list.length - MOST_DETAILS} more; --json lists all`);
  lines.push(advice);
  io.stderr.write(`${lines.join('\n')}\n`);
}

export function statusOf(error: unknown): 1 | 2 {
  return error instanceof CodedError && error.code.startsWith('usage.') ? 2 : 1;
}

/** True for what an abort by Ctrl-C throws: an `AbortError`, or the reason that the signal was given. */
function isAbort(error: unknown, { signal }: CliIo): boolean {
  return (
    (error instanceof Error && error.name === 'AbortError') || (signal?.aborted === true && error === signal.reason)
  );
}

function failureOf(error: unknown): Failure {
  if (error instanceof CodedError) {
    const { code, message, details } = error;
    return { code, message, details, advice: ADVICE_HERE[code] ?? ERRORS[code].advice };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return { code, message, details: [], advice: SYSTEM_ADVICE[code] ?? 'The operating system refused it.' };
  }
  return {
    code: 'service.failed',
    message,
    details: [],
    advice: 'This is a mistake in the program; please report it.',
  };
}
