import { wallTime } from '#domain/calendar/wall-time.ts';

/** A mail to the owner of servers: plain text. */
export interface Letter {
  readonly subject: string;
  readonly body: string;
}

/** What a letter says of one server. */
export interface ServerLine {
  readonly server: string;
  /** Titles of updates, or what went wrong with each. */
  readonly lines: readonly string[];
}

/** A mail is read by a person: what does not fit is counted. */
const MOST_SERVERS = 100;
const MOST_LINES = 10;

/** Tells owners that servers will be patched and may restart in a window to come. */
export function restartLetter(
  { customer, start, end, zone }: { customer: string; start: Temporal.Instant; end: Temporal.Instant; zone: string },
  servers: readonly ServerLine[],
): Letter {
  const from = wallTime(start, zone);
  return {
    subject: `${customer}: ${counted(servers.length)} may restart on ${from}`,
    body: text([
      `Between ${from} and ${wallTime(end, zone)} (${zone}) these servers install updates and may restart:`,
      ...listed(servers),
      'To stop it for a while, ask your provider for a pause before the window opens.',
    ]),
  };
}

/** Tells owners which installations failed. */
export function failureLetter(customer: string, servers: readonly ServerLine[]): Letter {
  return {
    subject: `${customer}: updates failed on ${counted(servers.length)}`,
    body: text([
      'These installations failed since the last mail:',
      ...listed(servers),
      'They are tried again in the next window. A failure that stays needs a person.',
    ]),
  };
}

/** A paragraph a server; what does not fit is counted. */
export function listed(servers: readonly ServerLine[]): string[] {
  const shown = servers.slice(0, MOST_SERVERS).map(({ server, lines }) => {
    const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : [];
    return [server, ...lines.slice(0, MOST_LINES).map((line) => `  - ${line}`), ...more].join('\n');
  });
  return servers.length > MOST_SERVERS ? [...shown, `… and ${servers.length - MOST_SERVERS} more servers`] : shown;
}

/** `1 server`, `3 servers`. */
export function counted(servers: number): string {
  return servers === 1 ? '1 server' : `${servers} servers`;
}

/** Paragraphs as the text of a mail. */
export function text(paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}
