import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A test upstream in a process of its own, which serves the first revisions of the big catalogue. */
export interface UpstreamProcess {
  readonly url: string;
  readonly pid: number;
  /** Serves so many revisions from now on. */
  serve(revisions: number): Promise<void>;
  stop(): Promise<void>;
}

export interface UpstreamOrder {
  readonly serve: number;
}

export interface UpstreamMessage {
  readonly url: string;
  readonly served: number;
}

export async function startUpstreamProcess(revisions: number): Promise<UpstreamProcess> {
  const { NODE_TEST_CONTEXT: _ofThisTest, ...env } = process.env;
  const child = fork(join(import.meta.dirname, 'upstream-main.ts'), {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = await nextMessage(child);
  async function serve(count: number): Promise<void> {
    const answer = nextMessage(child);
    child.send({ serve: count } satisfies UpstreamOrder);
    await answer;
  }
  await serve(revisions);
  return {
    url,
    pid: child.pid ?? 0,
    serve,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<UpstreamMessage> {
  const done = new AbortController();
  const message = once(child, 'message', { signal: done.signal });
  const exit = once(child, 'exit', { signal: done.signal }).then(([code]) => {
    throw new Error(`the test upstream ended: ${code}`);
  });
  const [first] = await Promise.race([message, exit]).finally(() => {
    done.abort();
    for (const event of [message, exit]) event.catch(() => undefined);
  });
  return first as UpstreamMessage;
}
