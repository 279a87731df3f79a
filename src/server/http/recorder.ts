import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decompress } from '#protocol/xpress/xpress.ts';

/** One request of a client with its answer. */
export interface Exchange {
  readonly path: string;
  readonly at: Temporal.Instant;
  readonly encoding: 'escaped' | 'xpress';
  readonly request: Buffer;
  readonly status: number;
  readonly response: readonly Buffer[];
}

/** Writes conversations down, so that a first contact with a real server becomes a test. */
export interface Recorder {
  note(exchange: Exchange): void;
  /** Resolves when all that was noted is on disk. */
  close(): Promise<void>;
}

/** What must not leave the house: cookies, names, addresses of machines. Lengths stay, so that sizes can be compared. */
const SECRET_ELEMENTS = ['EncryptedData', 'CookieData'];
const NAME_ELEMENTS = ['dnsName', 'DnsName', 'ComputerDnsName', 'UserAccountName', 'targetGroupName'];
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

export function recorder(folder: string, warn: (reason: string) => void): Recorder {
  let count = 0;
  let writing: Promise<void> = mkdir(folder, { recursive: true }).then(() => undefined);
  async function write(exchange: Exchange, number: number): Promise<void> {
    const place = join(folder, String(number).padStart(6, '0'));
    await mkdir(place, { recursive: true });
    const { path, at, encoding, status } = exchange;
    const about = { path, at: at.toString(), encoding: encoding === 'xpress' ? 'xpress' : 'identity', status };
    await writeFile(join(place, 'exchange.json'), `${JSON.stringify(about, undefined, 2)}\n`);
    await writeFile(join(place, 'request.body'), withoutSecrets(exchange.request.toString('utf8')));
    await writeFile(join(place, 'response.body'), withoutSecrets(answerText(exchange)));
  }
  return {
    note(exchange) {
      count += 1;
      const number = count;
      writing = writing.then(() => write(exchange, number)).catch((error: Error) => warn(error.message));
    },
    close: () => writing,
  };
}

function answerText({ response, encoding }: Exchange): string {
  const bytes = Buffer.concat(response);
  const plain = encoding === 'xpress' ? decompress(bytes, MOST_ANSWER_BYTES) : undefined;
  return Buffer.from(plain?.ok ? plain.bytes : bytes).toString('utf8');
}

/**
 * The text with secrets replaced by as many `A`s, names by `REDACTED`, and the token in URLs by `TOKEN`: those of answers, and the
 * agent's own address of the service, which it sends among its device attributes.
 */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const name of SECRET_ELEMENTS) {
    clean = clean.replaceAll(new RegExp(`(<(?:\\w+:)?${name}[^>]*>)([^<]*)(</)`, 'g'), (_all, open, value, close) => {
      return `${open}${'A'.repeat(value.length)}${close}`;
    });
  }
  for (const name of NAME_ELEMENTS) {
    clean = clean.replaceAll(new RegExp(`(<(?:\\w+:)?${name}[^>]*>)[^<]+(</)`, 'g'), '$1REDACTED$2');
  }
  return clean.replaceAll(/(https?:\/\/[^/\s<";]+\/)st-[\w-]+/g, '$1TOKEN');
}
