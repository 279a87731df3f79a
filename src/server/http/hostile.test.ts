import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { OPERATIONS } from '#protocol/wusp/operations.ts';
import { readResponse } from '#protocol/wusp/read-response.ts';
import type { Cookie } from '#protocol/wusp/types.ts';
import { writeRequest } from '#protocol/wusp/write-request.ts';
import { AFTER_PATCH_TUESDAY as AT } from '#server/testing/client-service.ts';
import { type ServiceProcess, serviceProcess } from '#server/testing/service-process.ts';
import { enrol, identity, post, scan, type WireAnswer } from '#server/testing/wire-client.ts';

// The real listener in a process of its own: a crash would end it, a leak would show in its memory.

const PATH = OPERATIONS.SyncUpdates.path;
const MEBI = 1024 * 1024;
const MOST_GROWTH = 400 * MEBI;
/** Long enough for an honest request on a busy machine, short enough to wait for. */
const REQUEST_TIMEOUT_MS = 2_000;

/** Posts what may be cut off: the answer, or that the connection was closed. */
async function attack(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<WireAnswer | 'closed'> {
  try {
    return await post(url, PATH, body, headers);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    assert.ok(['ECONNRESET', 'EPIPE'].includes(code ?? ''), String(error));
    return 'closed';
  }
}

function faultIn(answer: WireAnswer | 'closed'): string {
  if (answer === 'closed') return answer;
  const read = readResponse('SyncUpdates', answer.body);
  return read.ok ? 'answered' : (read.fault?.errorCode ?? `status ${answer.status}`);
}

function socketTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}

/** All that a server says on a connection until it closes it. */
async function lastWords(socket: Socket): Promise<string> {
  return text(socket).catch(() => 'closed');
}

async function assertSound(service: ServiceProcess, before: number): Promise<void> {
  assert.equal(service.ended(), undefined);
  const session = await enrol(`${service.url}/${service.token}`, identity(1), AT);
  assert.ok((await scan(session)).updates.size > 30);
  const growth = (await service.memory()) - before;
  assert.ok(growth < MOST_GROWTH, `memory grew by ${Math.round(growth / MEBI)} MiB`);
}

interface Target {
  readonly service: ServiceProcess;
  readonly cookie: Cookie;
  /** One that is answered. */
  readonly request: string;
  /** Bytes that the process had when all was quiet. */
  readonly before: number;
}

async function quietService(t: TestContext): Promise<Target> {
  const service = await serviceProcess(t, REQUEST_TIMEOUT_MS);
  const session = await enrol(`${service.url}/${service.token}`, identity(1), AT);
  await scan(session);
  const { cookie } = session;
  const request = writeRequest({ operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false } });
  return { service, cookie, request, before: await service.memory() };
}

test('the listener under attack', async (t) => {
  const target = await quietService(t);
  await t.test('documents that are made to grow, to nest or to be long are refused, each with its fault', () =>
    refusesDocuments(target),
  );
  await t.test('a body of 100 MB is turned away before it is read, however it is announced', () =>
    turnsAwayHugeBodies(target),
  );
  await t.test('slow, cut-off and flooding connections end, and others are served meanwhile', { timeout: 60_000 }, () =>
    dropsSlowConnections(target),
  );
  await t.test('forged cookies and ids of others by the hundred open nothing', () => refusesForgedCookies(target));
});

async function refusesDocuments({ service, request, before }: Target): Promise<void> {
  const { url } = service;
  const entities = Array.from({ length: 20 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};&e${n};&e${n};">`).join('');
  const million = 1_000_000;
  const bodies: Record<string, string | Uint8Array> = {
    DTD: `<!DOCTYPE a SYSTEM "file:///etc/passwd">${request}`,
    'entity bomb': `<!DOCTYPE a [<!ENTITY e0 "lol">${entities}]>${request.replace('false', '&e20;')}`,
    'external entity': `<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>${request.replace('false', '&x;')}`,
    'undefined entity': request.replace('false', '&nbsp;'),
    nesting: `${'<a>'.repeat(million)}${'</a>'.repeat(million)}`,
    'nesting inside': request.replace('<cookie>', () => `${'<a>'.repeat(million)}${'</a>'.repeat(million)}<cookie>`),
    attributes: request.replace(
      '<cookie>',
      `<cookie ${Array.from({ length: 50_000 }, (_, n) => `a${n}=""`).join(' ')}>`,
    ),
    'long attribute': request.replace('<cookie>', `<cookie a="${'x'.repeat(5 * MEBI)}">`),
    'long name': `<${'a'.repeat(5 * MEBI)}/>`,
    elements: request.replace('<cookie>', `${'<a/>'.repeat(million)}<cookie>`),
    'many ids': request.replace(
      '<SkipSoftwareSync>',
      `<OtherCachedUpdateIDs>${'<int>1</int>'.repeat(300_000)}</OtherCachedUpdateIDs><SkipSoftwareSync>`,
    ),
    'not UTF-8': Buffer.from([...Buffer.from(request.slice(0, 100)), 0xff, 0xfe, 0xc0, 0x80]),
    'UTF-16': Buffer.from(`\ufeff${request}`, 'utf16le'),
    empty: '',
    zeros: Buffer.alloc(MEBI),
    'cut off': request.slice(0, -30),
    'two documents': request + request,
    'processing instruction': `<?xml-stylesheet href="x"?>${request}`,
    JSON: '{"operation":"SyncUpdates","__proto__":{"a":1}}',
    gzip: gzipSync(request),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const fault = faultIn(await attack(url, body, name === 'gzip' ? { 'content-encoding': 'gzip' } : {}));
    assert.ok(['InvalidParameters', 'InvalidCookie'].includes(fault), `${name}: ${fault}`);
  }
  await assertSound(service, before);
}

async function turnsAwayHugeBodies({ service, before }: Target): Promise<void> {
  const huge = Buffer.alloc(100 * MEBI, 'a');
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    const answers = await Promise.all([1, 2, 3].map(() => attack(service.url, huge, headers)));
    for (const answer of answers) assert.ok(answer === 'closed' || answer.status === 413, faultIn(answer));
  }
  const liar = socketTo(service.url);
  liar.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9007199254740993\r\n\r\nabc`);
  assert.match(await lastWords(liar), /^HTTP\/1\.1 4\d\d |^closed$|^$/);
  await assertSound(service, before);
}

async function dropsSlowConnections({ service, request, before }: Target): Promise<void> {
  const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n`;
  const slow = Array.from({ length: 200 }, (_, index) => {
    const socket = socketTo(service.url);
    socket.write(index % 2 === 0 ? head : `${head}Content-Length: ${request.length}\r\n\r\n${request.slice(0, 50)}`);
    const drip = setInterval(() => socket.write(index % 2 === 0 ? 'X-a: b\r\n' : ' '), 500);
    socket.once('close', () => clearInterval(drip));
    return socket;
  });
  const ends = slow.map((socket) => lastWords(socket));
  assert.equal(faultIn(await attack(service.url, request)), 'answered', 'served while the slow ones wait');

  const flood = socketTo(service.url);
  flood.write(head + 'X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(10_000));
  assert.match(await lastWords(flood), /^HTTP\/1\.1 431 |^closed$|^$/);
  for (const rubbish of [
    '\u0016\u0003\u0001\u0002\u0000',
    'GET\r\n\r\n',
    'POST / HTTP/9.9\r\n\r\n',
    `${head}\u0000: a\r\n\r\n`,
  ]) {
    const socket = socketTo(service.url);
    socket.write(rubbish);
    assert.match(await lastWords(socket), /^HTTP\/1\.1 4\d\d |^closed$|^$/, JSON.stringify(rubbish));
  }
  const smuggler = socketTo(service.url);
  smuggler.write(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`);
  assert.match(await lastWords(smuggler), /^HTTP\/1\.1 400 |^closed$|^$/);

  // Some leave in the middle of their own request.
  for (let round = 0; round < 50; round++) {
    const socket = socketTo(service.url);
    await once(socket, 'connect');
    socket.end(`${head}Content-Length: ${request.length}\r\n\r\n${request.slice(0, round * 10)}`);
    socket.destroy();
  }
  for (const words of await Promise.all(ends)) assert.match(words, /^HTTP\/1\.1 408 |^closed$|^$/);
  await assertSound(service, before);
}

async function refusesForgedCookies({ service, request, cookie, before }: Target): Promise<void> {
  const { encryptedData } = cookie;
  const bytes = Buffer.from(encryptedData, 'base64');
  for (let round = 0; round < 120; round++) {
    const forged = Buffer.from(bytes);
    const at = (round * 7) % bytes.length;
    forged.writeUInt8(forged.readUInt8(at) ^ (1 + (round % 255)), at);
    const body = request.replace(encryptedData, forged.toString('base64'));
    assert.equal(faultIn(await attack(service.url, body)), 'InvalidCookie', `byte ${at}`);
  }
  for (const blob of ['', '=', '====', 'AQ==', 'A'.repeat(100_000), '\u00e4'.repeat(40), '../../etc/passwd']) {
    const fault = faultIn(await attack(service.url, request.replace(encryptedData, blob)));
    assert.equal(fault, 'InvalidCookie', blob.slice(0, 20));
  }
  await assertSound(service, before);
}
