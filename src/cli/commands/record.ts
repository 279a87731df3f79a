import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '#cli/command.ts';
import { unreadable } from '#cli/files.ts';
import { bytes, many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';

/** One recorded request with its answer. */
interface Recorded {
  readonly name: string;
  readonly at: string;
  readonly path: string;
  /** The operation of the SOAP body, e.g. `SyncUpdates`. */
  readonly operation: string;
  readonly encoding: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

const HOW = `Recording is a setting of the service: start it with ST_RECORD_DIR=contact/ and let a server scan.

Each request of a client then becomes a folder of that directory: exchange.json (path, instant, encoding, status), request.body and
response.body. Cookies, names of machines and users, target groups and enrolment tokens are taken out; look through it all the same
before it leaves the house. Payload files are not recorded.

\`second-tuesday record contact/\` lists a recording, \`second-tuesday replay contact/ --url URL\` sends its requests again.`;

export const record = command({
  name: 'record',
  group: 'Trying out',
  summary: 'What a recording of conversations with clients holds; without DIR: how one is made.',
  positionals: { folder: { value: 'DIR', description: 'what ST_RECORD_DIR named', optional: true } },
  async run({ args: { folder } }) {
    return folder === undefined ? { how: HOW } : { exchanges: await readRecording(folder) };
  },
  keepsLines: true,
  show({ how, exchanges = [] }, page) {
    if (how !== undefined) return how;
    const columns = [
      { title: 'No' },
      { title: 'At' },
      { title: 'Operation' },
      { title: 'Status', right: true },
      { title: 'Encoding' },
      { title: 'Request', right: true },
      { title: 'Answer', right: true },
    ] as const;
    const rows = exchanges.map((one) => {
      return [
        one.name,
        shortUtc(one.at),
        one.operation || one.path,
        one.status,
        one.encoding,
        bytes(one.requestBytes),
        bytes(one.responseBytes),
      ];
    });
    return `${table(page, columns, rows, 'No exchange is in it.')}\n${many(exchanges.length, 'exchange')}`;
  },
});

async function readRecording(folder: string): Promise<readonly Recorded[]> {
  const names = await readdir(folder).catch((error: unknown) => Promise.reject(unreadable(folder, error)));
  const exchanges: Recorded[] = [];
  for (const name of names.filter((entry) => /^\d{6}$/.test(entry)).sort()) {
    exchanges.push(await readExchange(join(folder, name), name));
  }
  return exchanges;
}

async function readExchange(place: string, name: string): Promise<Recorded> {
  try {
    const about = JSON.parse(await readFile(join(place, 'exchange.json'), 'utf8')) as Readonly<Record<string, unknown>>;
    const request = await readFile(join(place, 'request.body'), 'utf8');
    const { length: responseBytes } = await readFile(join(place, 'response.body'));
    return {
      name,
      at: oneLine(about.at),
      path: oneLine(about.path),
      operation: /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(request)?.[1] ?? '',
      encoding: oneLine(about.encoding),
      status: Number(about.status),
      requestBytes: Buffer.byteLength(request),
      responseBytes,
    };
  } catch (error) {
    throw unreadable(place, error);
  }
}

function oneLine(value: unknown): string {
  return String(value ?? '').replaceAll(/\s+/g, ' ');
}
