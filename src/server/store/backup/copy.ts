import type { Duplex } from 'node:stream';
import type pg from 'pg';

/** What of `pg`'s connection a COPY needs; its declared type stops short of it. */
interface Wire {
  readonly stream: Duplex;
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
}

/** The calls by which `pg` tells a query of its own kind what the server answered. */
interface CopyQuery extends pg.Submittable {
  handleCopyData(message: { readonly chunk: Buffer }): void;
  handleCopyInResponse(): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

const BUFFERED_BYTES = 1024 * 1024;

/** Runs a `COPY … TO STDOUT` and yields its rows, each with its line end, no faster than they are taken. */
export async function* copyOut(client: pg.PoolClient, statement: string): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let wire: Wire | undefined;
  let wake = (): void => {};
  const { done, query } = copyQuery(statement, {
    submitted: (connection) => {
      wire = connection;
    },
    row(row) {
      waiting.push(row);
      bytes += row.length;
      if (bytes > BUFFERED_BYTES) wire?.stream.pause();
      wake();
    },
  });
  let ended = false;
  const end = done.finally(() => {
    ended = true;
    wake();
  });
  end.catch(() => {}); // awaited below; it may fail while nobody waits
  client.query(query);
  while (true) {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      bytes -= row.length;
      yield row;
    }
    if (ended) break;
    const woken = new Promise<void>((resume) => {
      wake = resume;
    });
    wire?.stream.resume();
    await woken;
  }
  await end;
}

/** Runs a `COPY … FROM STDIN` with these bytes. Fails, and keeps nothing, when the server or the source does. */
export async function copyIn(
  client: pg.PoolClient,
  statement: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const started = Promise.withResolvers<Wire>();
  let wire: Wire | undefined;
  const { done, query } = copyQuery(statement, {
    submitted: (connection) => {
      wire = connection;
    },
    wanted: () => wire && started.resolve(wire),
  });
  done.catch(started.reject);
  let failed: Error | undefined;
  done.catch((error: Error) => {
    failed = error;
  });
  client.query(query);
  const connection = await started.promise;
  try {
    for await (const chunk of source) {
      if (failed) break; // the server discards the rest
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain) await drained(connection.stream);
    }
    if (!failed) connection.endCopyFrom();
  } catch (error) {
    connection.sendCopyFail('the source failed');
    await done.catch(() => {});
    throw error;
  }
  await done;
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resume) => {
    const end = (): void => {
      stream.off('drain', end).off('close', end);
      resume();
    };
    stream.on('drain', end).on('close', end);
  });
}

function copyQuery(
  statement: string,
  on: { submitted(wire: Wire): void; row?(row: Buffer): void; wanted?(): void },
): { readonly query: CopyQuery; readonly done: Promise<void> } {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const query: CopyQuery = {
    submit(connection) {
      const wire = connection as unknown as Wire;
      on.submitted(wire);
      wire.query(statement);
    },
    handleCopyData: ({ chunk }) => on.row?.(Buffer.from(chunk)), // `pg` reads the next message into the same bytes
    handleCopyInResponse: () => on.wanted?.(),
    handleCommandComplete: () => {},
    handleReadyForQuery: resolve,
    handleError: reject,
  };
  return { query, done };
}
