import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CliIo } from '#cli/io.ts';
import type { LocalCommands } from '#cli/local.ts';
import { runCli } from '#cli/main.ts';
import { ENDPOINTS } from '#contract/api.ts';
import type { Endpoint } from '#contract/endpoint.ts';

/** A request as the service saw it. */
export interface Seen {
  readonly method: string;
  /** Below `/api/v1`, with the query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  /** Sent as JSON, or as it is when it is a Buffer. */
  readonly body: unknown;
}

/** A service on a real socket that answers as the test says; what it saw is in `seen`. */
export async function fakeService(
  t: TestContext,
  answer: (request: Seen) => Answer | Promise<Answer>,
): Promise<{ readonly url: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const one = await readRequest(request);
    seen.push(one);
    const { status = 200, body } = byContract(one, await answer(one));
    response.writeHead(status).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** An address at which nobody listens any more. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

/** The answer, if request and answer are what the contract says; else the refusal of a wrong request. */
function byContract({ method, path, body: sent }: Seen, answer: Answer): Answer {
  const { pathname, searchParams } = new URL(path, 'http://service');
  const endpoint = Object.values<Endpoint>(ENDPOINTS).find((one) => one.method === method && fits(one.path, pathname));
  if (!endpoint) return answer;
  try {
    endpoint.query?.parse(Object.fromEntries(searchParams));
    endpoint.body?.parse(sent.length === 0 ? undefined : JSON.parse(sent.toString()));
    if ((answer.status ?? 200) < 400) endpoint.result.parse(answer.body);
    return answer;
  } catch (error) {
    return refusal(400, 'usage.wrong', `not by the contract: ${(error as Error).message}`);
  }
}

function fits(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
}

/** A refusal as the service words it. */
export function refusal(status: number, code: string, message: string, details: readonly string[] = []): Answer {
  return { status, body: { error: { code, message, details } } };
}

/** What a run of the command line came to. */
export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Both streams are terminals of this width. */
  readonly columns?: number;
  readonly local?: Partial<LocalCommands>;
  readonly onStderr?: (text: string) => void;
}

/** Runs the command line as a process would, without one. */
export async function cli(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns };
  const writer = (name: 'stdout' | 'stderr') => ({
    ...terminal,
    write(text: string) {
      written[name] += text;
      if (name === 'stderr') options.onStderr?.(text);
    },
  });
  const io: CliIo = {
    version: '1.2.3',
    stdout: writer('stdout'),
    stderr: writer('stderr'),
    env: options.env ?? {},
    fetch,
    ...(options.signal ? { signal: options.signal } : {}),
    local: { ...NOTHING_LOCAL, ...options.local },
  };
  return { status: await runCli(argv, io), ...written };
}

async function readRequest(request: IncomingMessage): Promise<Seen> {
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
  const { method = '', url = '', headers } = request;
  return { method, path: url.replace('/api/v1', ''), authorization: headers.authorization, body };
}

/** A fresh folder, gone when the test is over. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'st-cli-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const unexpected = (): never => {
  throw new Error('this test does not expect a local command');
};
const NOTHING_LOCAL: LocalCommands = {
  serve: unexpected,
  restore: unexpected,
  demo: unexpected,
  simulate: unexpected,
  replay: unexpected,
  sampleCatalogue: unexpected,
};
