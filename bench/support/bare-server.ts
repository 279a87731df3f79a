// A server that does nothing but what any server must: it takes a request, reads it as told, and sends bytes that were recorded before.
// Started by bare.ts, which tells it the answers.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readXml } from '#protocol/xml/read.ts';

/** Where the bytes of a recorded answer are in the file of all, and the headers that go with them. */
export interface BareAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
}

const file = process.argv[2] ?? '';
const { answers } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as { readonly answers: readonly BareAnswer[] };
const bytes = readFileSync(file);
const bodies = answers.map(({ from, to }) => bytes.subarray(from, to));
const nothing = { open() {}, text() {}, close() {} };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    if (request.headers['x-read'] === 'xml') readXml(body, nothing);
    const number = Number(request.headers['x-answer']);
    response.writeHead(200, answers[number]?.headers);
    response.end(bodies[number]);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
