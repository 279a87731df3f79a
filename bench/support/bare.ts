import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BareAnswer } from './bare-server.ts';
import type { Address } from './service.ts';
import type { WireAnswer } from './wire.ts';

export interface BareServer {
  readonly address: Address;
  readonly pid: number;
  /** A recorded request as this server wants it: which answer it gets, and whether it is read as XML first. */
  request(request: readonly Uint8Array[], answer: number, read: 'xml' | 'bytes'): Uint8Array[];
  stop(): void;
}

/** Starts a bare Node server that gives these answers, over plain HTTP. */
export async function startBare(answers: readonly WireAnswer[]): Promise<BareServer> {
  const folder = mkdtempSync(join(tmpdir(), 'second-tuesday-bare-'));
  const file = join(folder, 'answers');
  let at = 0;
  const places = answers.map(({ head, body }): BareAnswer => {
    const from = at;
    at += body.length;
    return { headers: headersOf(head), from, to: at };
  });
  writeFileSync(file, Buffer.concat(answers.map(({ body }) => body)));
  writeFileSync(`${file}.json`, JSON.stringify({ answers: places }));
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), [file]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    address: { host: '127.0.0.1', port },
    pid: child.pid as number,
    request([head, ...body], answer, read) {
      const more = `X-Answer: ${answer}\r\nX-Read: ${read}\r\n\r\n`;
      return [Buffer.concat([(head as Uint8Array).subarray(0, -2), Buffer.from(more, 'latin1')]), ...body];
    },
    stop() {
      child.disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The headers of an answer that are not about its connection. */
function headersOf(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(1).filter(Boolean);
  const all = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return Object.fromEntries(all.filter(([name = '']) => !['date', 'connection', 'keep-alive'].includes(name)));
}
