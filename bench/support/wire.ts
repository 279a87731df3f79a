import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address } from './service.ts';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** With the blank line; latin1. */
  readonly head: string;
  readonly body: Buffer;
}

/** One connection that is kept alive, with one request on the way at a time: as cheap as a client can be, so that servers are measured. */
export interface Connection {
  send(request: readonly Uint8Array[]): Promise<WireAnswer>;
  close(): void;
}

/** Opens a connection; TLS with the given authority. */
export async function open(address: Address, root?: string): Promise<Connection> {
  const socket: Socket = root
    ? connectTls({ ...address, ca: root, servername: 'localhost' })
    : connect({ ...address, noDelay: true });
  await once(socket, root ? 'secureConnect' : 'connect');
  let waiting: { readonly resolve: (answer: WireAnswer) => void; readonly reject: (error: Error) => void } | undefined;
  let chunks: Buffer[] = [];
  let received = 0;
  let head = '';
  let wanted = -1;

  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    if (wanted < 0) readHead();
    if (wanted >= 0 && received >= wanted) finish();
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));

  function readHead(): void {
    const all = Buffer.concat(chunks);
    chunks = [all];
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return;
    head = all.toString('latin1', 0, end + 4);
    wanted = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  }

  function finish(): void {
    const body = Buffer.concat(chunks).subarray(head.length);
    const answer = { status: Number(head.slice(9, 12)), head, body };
    const done = waiting;
    waiting = undefined;
    chunks = [];
    received = 0;
    head = '';
    wanted = -1;
    done?.resolve(answer);
  }

  return {
    send(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.cork();
        for (const part of request) socket.write(part);
        socket.uncork();
      });
    },
    close: () => socket.destroy(),
  };
}

/** A request as bytes, with the headers that an agent sends. */
export function wireRequest(
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const lines = Object.entries({
    Host: 'localhost',
    'Content-Type': 'text/xml; charset=utf-8',
    'Accept-Encoding': 'xpress',
    'User-Agent': 'Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.33',
    ...headers,
    'Content-Length': String(body.length),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return [Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body];
}
