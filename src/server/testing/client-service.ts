import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import type pg from 'pg';
import { type Logger, pino } from 'pino';
import { contentFiles } from '#server/content/content-files.ts';
import { type PayloadStore, payloadStore } from '#server/content/payload-store.ts';
import { keepFacts } from '#server/facts/keeper.ts';
import { clientListener } from '#server/http/client-listener.ts';
import { recorder } from '#server/http/recorder.ts';
import { keepCookieKeys } from '#server/jobs/cookie-keys.ts';
import { importDocuments, type SourceDocument } from '#server/sources/import.ts';
import { addCustomer } from '#server/store/customers.ts';
import { setPayloadHeld } from '#server/store/payloads.ts';
import { addPolicy, findPolicy } from '#server/store/policies.ts';
import { ensureService, touchFacts } from '#server/store/service.ts';
import { freshDatabase } from '#server/testing/database.ts';
import { sampleId, sha256 } from '#server/testing/sample.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { defaultPolicyText } from '#server/testing/update-sketch.ts';
import { type ClientTls, clientTls } from '#server/tls/certificate.ts';
import { deployments } from '#server/wsus/deployments.ts';
import { fragmentCache } from '#server/wsus/fragments.ts';
import type { WsusService } from '#server/wsus/service.ts';

export interface ClientServiceOptions {
  /** Where the clock stands at first; 2023-10-11T00:00Z unless told, after the Patch Tuesday of the sample. */
  readonly at?: Temporal.Instant;
  readonly documents?: Iterable<SourceDocument>;
  /** True: every file counts as deliverable, though no bytes are here. Tests about bytes say false and add them. */
  readonly contentFromMicrosoft?: boolean;
  readonly tls?: boolean;
  readonly recordDir?: string;
  readonly selfUpdateDir?: string;
  /** Milliseconds within which a request must have come in. */
  readonly requestTimeout?: number;
}

/** What a customer of the tests is: managed, in Europe/Zurich, with a plan. */
export interface TestCustomer {
  readonly customerId: string;
  /** Enrolment token. */
  readonly token: string;
}

/** A service as clients meet it: real database, real listener on a free port, a clock that the test moves. */
export interface ClientService {
  readonly pool: pg.Pool;
  /** Without a token's path; the same after a restart. */
  readonly url: string;
  /** PEM of the root that issued the certificate, with `tls`. */
  readonly ca?: string;
  /** What was logged last, line by line. */
  readonly log: readonly string[];
  now(): Temporal.Instant;
  moveTo(at: Temporal.Instant): void;
  addCustomer(
    number: number,
    more?: { readonly plan?: string; readonly mode?: 'observe' | 'managed' },
  ): Promise<TestCustomer>;
  import(documents: Iterable<SourceDocument>): Promise<void>;
  /** Takes in the bytes of a file that an imported document names. */
  hold(file: { readonly sha1: string; readonly size: number; readonly name: string }, bytes: Uint8Array): Promise<void>;
  /** Tells the keeper that rows of facts were changed. */
  factsChanged(): Promise<void>;
  /** Ends the process's part and begins anew on the same database and port, as after an upgrade. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const AFTER_PATCH_TUESDAY = Temporal.Instant.from('2023-10-11T00:00:00Z');

/** A service that lives as long as the test. */
export async function clientService(t: TestContext, options: ClientServiceOptions = {}): Promise<ClientService> {
  let service: ClientService | undefined;
  t.after(() => service?.close()); // hooks run in the order of registration: before the database goes
  service = await startClientService(await freshDatabase(t), options);
  return service;
}

/** The same on a database that somebody else ends. */
export async function startClientService(pool: pg.Pool, options: ClientServiceOptions = {}): Promise<ClientService> {
  let at = options.at ?? AFTER_PATCH_TUESDAY;
  const log: string[] = [];
  const setting = await setUp(pool, options, () => at, log);
  let running = await begin(setting);
  const service: ClientService = {
    pool,
    url: `${setting.tls ? 'https' : 'http'}://127.0.0.1:${setting.port}`,
    ...(setting.tls?.root ? { ca: setting.tls.root } : {}),
    log,
    now: () => at,
    moveTo(to) {
      at = to;
    },
    async addCustomer(number, { plan = 'default', mode = 'managed' } = {}) {
      const customer = { customerId: sampleId('c', number), token: `st-${sha256(`token ${number}`).toString('hex')}` };
      const about = { name: `Customer ${number}`, zone: 'Europe/Zurich', region: null, plan, mode, createdAt: at };
      await addCustomer(pool, { customerId: customer.customerId, ...about }, sha256(customer.token));
      await service.factsChanged();
      return customer;
    },
    async import(documents) {
      const summary = await importDocuments(pool, { source: 'test', at, documents });
      if (summary.skipped.length > 0) throw new Error(JSON.stringify(summary.skipped));
      if (setting.contentFromMicrosoft) await pool.query(AT_MICROSOFT);
      await running.fragments.refresh();
      await service.factsChanged();
    },
    async hold(file, bytes) {
      await setting.payloads.keep(file, Readable.from([bytes]));
      await setPayloadHeld(pool, file.sha1, at);
      await service.factsChanged();
    },
    async factsChanged() {
      await touchFacts(pool);
      await running.facts.refresh();
    },
    async restart() {
      await running.end();
      running = await begin(setting);
    },
    close: () => running.end(),
  };
  if (options.documents) await service.import(options.documents);
  return service;
}

/** What outlives a restart. */
interface Setting {
  readonly pool: pg.Pool;
  readonly options: ClientServiceOptions;
  readonly now: () => Temporal.Instant;
  readonly logger: Logger;
  readonly payloads: PayloadStore;
  readonly tls: ClientTls | undefined;
  readonly port: number;
  readonly contentFromMicrosoft: boolean;
}

async function setUp(
  pool: pg.Pool,
  options: ClientServiceOptions,
  now: () => Temporal.Instant,
  log: string[],
): Promise<Setting> {
  if (!(await findPolicy(pool))) {
    await addPolicy(pool, { yaml: defaultPolicyText(), who: 'test', why: 'the policy that ships', at: now() });
  }
  const folder = temporaryFolder();
  const write = (line: string): void => {
    if (log.push(line) > MOST_LINES) log.splice(0, MOST_LINES / 2);
  };
  const names = ['localhost', '127.0.0.1'];
  return {
    pool,
    options,
    now,
    logger: pino({ level: 'info', base: null }, { write }),
    payloads: payloadStore(join(folder, 'content')),
    tls: options.tls ? await clientTls({ dataDir: folder, names, at: Temporal.Now.instant() }) : undefined,
    port: await freePort(),
    contentFromMicrosoft: options.contentFromMicrosoft ?? true,
  };
}

/** One life of the service: from its row in the database to its listener. */
async function begin({ pool, options, now, logger, payloads, tls, port, contentFromMicrosoft }: Setting) {
  const row = await ensureService(pool, { serverGuid: randomUUID(), clock: 'simulated', at: now() });
  const warn = (reason: string): void => logger.warn(reason);
  const keys = await keepCookieKeys(pool, now, warn);
  const facts = await keepFacts({ pool, contentFromMicrosoft, log: logger });
  const fragments = await fragmentCache(pool);
  const wsus: WsusService = {
    pool,
    identity: { guid: row.serverGuid, configChanged: row.configChanged.toString() },
    facts,
    deployments: deployments(pool, facts),
    fragments,
    cookieKeys: () => keys.current(),
    contentFromMicrosoft,
    clock: 'simulated',
  };
  const recording = options.recordDir ? recorder(options.recordDir, warn) : undefined;
  const listener = clientListener({
    wsus,
    files: contentFiles(pool, payloads, options.selfUpdateDir),
    now,
    log: logger,
    ...(tls ? { tls } : {}),
    ...(recording ? { recorder: recording } : {}),
    ...(options.requestTimeout ? { requestTimeout: options.requestTimeout } : {}),
  });
  await listener.listen({ host: '127.0.0.1', port });
  return {
    facts,
    fragments,
    async end() {
      await listener.close();
      await recording?.close();
      await facts.close();
      keys.close();
    },
  };
}

/** Lines of the log that are kept; a long run of hostile requests makes many. */
const MOST_LINES = 2_000;
/** As after an import from Microsoft, which says where it has the files. */
const AT_MICROSOFT = `update payload set mu_url = 'http://download.windowsupdate.com/c/' || encode(sha1, 'hex')`;

/** A port that was free a moment ago, so that a restarted listener can have the same. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
