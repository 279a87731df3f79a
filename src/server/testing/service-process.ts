import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freshDatabase } from '#server/testing/database.ts';

/** A service in a process of its own, so that a crash or a flood of memory is the service's and shows. */
export interface ServiceProcess {
  readonly url: string;
  /** Enrolment token of its one customer. */
  readonly token: string;
  /** Resident memory in bytes, after a collection. Fails when the process is gone. */
  memory(): Promise<number>;
  /** How it ended; undefined while it lives. */
  ended(): string | undefined;
}

/** What the process tells its parent. */
export type ServiceMessage = { readonly url: string; readonly token: string } | { readonly memory: number };

/** What the process is started with, as JSON. */
export interface ServiceProcessSettings {
  readonly database: {
    readonly host?: string;
    readonly port?: number;
    readonly user?: string;
    readonly database?: string;
  };
  readonly requestTimeout: number;
}

/** Starts a service with the sample of October 2023 that drops requests which did not come in within `requestTimeout` ms. */
export async function serviceProcess(t: TestContext, requestTimeout: number): Promise<ServiceProcess> {
  let child: ReturnType<typeof fork> | undefined;
  let end: string | undefined;
  t.after(async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.disconnect();
    await once(child, 'exit');
  });
  const { host, port, user, password, database } = (await freshDatabase(t)).options;
  const settings = { database: { host, port, user, password, database }, requestTimeout };
  const { NODE_TEST_CONTEXT: _ofThisTest, ...env } = process.env;
  const started = fork(join(import.meta.dirname, 'service-process-main.ts'), [JSON.stringify(settings)], {
    env,
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child = started;
  child.once('exit', (code, signal) => {
    end = `exit ${code ?? signal}`;
  });
  const next = async (): Promise<ServiceMessage> => {
    const done = new AbortController(); // takes back the listener of what did not happen
    const events = ['message', 'exit'].map((name) => once(started, name, { signal: done.signal }));
    const [first] = await Promise.race(events).finally(() => {
      done.abort();
      for (const event of events) event.catch(() => undefined);
    });
    if (typeof first !== 'object' || first === null) throw new Error(`the service's process ended: ${end}`);
    return first as ServiceMessage;
  };
  const hello = await next();
  if (!('url' in hello)) throw new Error('the service did not say where it is');
  return {
    ...hello,
    async memory() {
      started.send('memory');
      const message = await next();
      if (!('memory' in message)) throw new Error('the service spoke of something else');
      return message.memory;
    },
    ended: () => end,
  };
}
