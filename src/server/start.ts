import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Server as TlsServer } from 'node:tls';
import type pg from 'pg';
import type { Logger } from 'pino';
import { CodedError } from '#contract/errors.ts';
import type { Settings } from '#contract/settings.ts';
import { type Clock, realClock, type SimulatedClock, simulatedClock } from '#server/clock.ts';
import { contentFiles } from '#server/content/content-files.ts';
import { payloadStore } from '#server/content/payload-store.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { keepFacts } from '#server/facts/keeper.ts';
import { type ClientListenerOptions, clientListener } from '#server/http/client-listener.ts';
import { consoleListener } from '#server/http/console-listener.ts';
import { recorder } from '#server/http/recorder.ts';
import { type MailTransport, smtpTransport } from '#server/integrations/mail/transport.ts';
import { keepApprovals } from '#server/jobs/approvals.ts';
import { keepCertificate } from '#server/jobs/certificate.ts';
import { keepCookieKeys } from '#server/jobs/cookie-keys.ts';
import { keepHouse } from '#server/jobs/housekeeping.ts';
import { sendDueNotices } from '#server/jobs/mail.ts';
import { type NoticeOptions, writeNotices } from '#server/jobs/notices.ts';
import { keepSweeping, type Sweep } from '#server/jobs/sweeps.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import { openStore } from '#server/store/open.ts';
import { addPolicy, findPolicy } from '#server/store/policies.ts';
import { ensureService, findSimulatedInstant, setSimulatedInstant } from '#server/store/service.ts';
import { addApiToken, findApiToken, listApiTokens } from '#server/store/tokens.ts';
import { type ClientTls, clientTls } from '#server/tls/certificate.ts';
import { deployments } from '#server/wsus/deployments.ts';
import { fragmentCache } from '#server/wsus/fragments.ts';
import type { WsusService } from '#server/wsus/service.ts';

/** A service that answers. */
export interface RunningService {
  /** What clients may write into WUServer. */
  readonly clients: readonly string[];
  readonly console: string;
  /** The root certificate that clients must trust, where it was generated. */
  readonly rootFile?: string;
  /** Where the administrator's token stands, when this start made it. */
  readonly newTokenFile?: string;
  readonly clock: Clock;
  /** Resolves with the reason when the service cannot go on. */
  readonly lost: Promise<string>;
  /** Finishes what is under way, then ends everything, newest first. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly settings: Settings;
  readonly log: Logger;
  readonly version: string;
  /** The approval policy of a first start. */
  readonly defaultPolicy: string;
}

/** Starts everything: store → facts → listeners. When a step fails, the steps before it are undone. */
export async function startService(options: StartOptions): Promise<RunningService> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((error: Error) => options.log.error({ reason: error.message }, 'a step of the stop failed'));
    }
  };
  try {
    return await compose(options, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function compose(
  { settings, log, version, defaultPolicy }: StartOptions,
  undo: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<RunningService> {
  await mkdir(settings.dataDir, { recursive: true });
  const lost = Promise.withResolvers<string>();
  const store = await openStore({
    dataDir: settings.dataDir,
    ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
    onConnectionLost: (reason) => log.warn({ reason }, 'a database connection was lost'),
    onServerLost: lost.resolve,
  });
  const { pool } = store;
  undo.push(() => store.close());
  const { clock, service } = await startClock(pool, settings);
  const now = () => clock.now();
  await firstPolicy(pool, defaultPolicy, now());
  const newTokenFile = await firstToken(pool, settings.dataDir, now());
  const keys = await keepCookieKeys(pool, now, (reason) => log.warn({ reason }, 'cookie keys were not renewed'));
  undo.push(async () => keys.close());
  const fragments = await fragmentCache(pool);
  const facts = await keepFacts({
    pool,
    contentFromMicrosoft: settings.contentFromMicrosoft,
    log,
    beforeUse: () => fragments.refresh(),
  });
  undo.push(() => facts.close());
  const payloads = payloadStore(join(settings.dataDir, 'content'));
  const wsus: WsusService = {
    pool,
    identity: { guid: service.serverGuid, configChanged: service.configChanged.toString() },
    facts,
    deployments: deployments(pool, facts),
    fragments,
    cookieKeys: () => keys.current(),
    contentFromMicrosoft: settings.contentFromMicrosoft,
    clock: clock.kind,
  };
  const files = contentFiles(pool, payloads, settings.selfUpdateDir);
  const recording = settings.recordDir
    ? recorder(settings.recordDir, (reason) => log.warn({ reason }, 'a conversation was not recorded'))
    : undefined;
  if (recording) undo.push(() => recording.close());
  const readTls = (at: Temporal.Instant) =>
    clientTls({ dataDir: settings.dataDir, names: namesOf(settings), at, ...operatorsOwn(settings) });
  const tls = await readTls(Temporal.Now.instant());
  const listeners = clientListeners(settings, tls, {
    wsus,
    files,
    now,
    log,
    ...(settings.publicUrl ? { publicUrl: settings.publicUrl } : {}),
    ...(recording ? { recorder: recording } : {}),
  });
  for (const { port, app } of listeners) {
    undo.push(() => app.close());
    await app.listen({ host: settings.host, port });
  }
  const clients = listeners.map(({ url }) => url);
  const certificate = keepCertificate({
    first: tls,
    read: readTls,
    listeners: listeners.flatMap(({ app }) => (app.server instanceof TlsServer ? [app.server] : [])),
    now: () => Temporal.Now.instant(),
    log,
  });
  undo.push(async () => certificate.close());
  const house = keepHouse({ pool, now, log, eventRetentionDays: settings.eventRetentionDays });
  undo.push(() => house.close());
  const approvals = keepApprovals({ pool, keeper: facts, clock, now, log });
  undo.push(() => approvals.close());
  const upstreams = keepUpstreams({ pool, keeper: facts, clock, version, log });
  undo.push(() => upstreams.close());
  const wallNow = () => Temporal.Now.instant();
  const mail = settings.smtpUrl ? smtpTransport(settings.smtpUrl, settings.mailFrom) : undefined;
  undo.push(async () => mail?.close());
  const sweeper = keepSweeping({
    sweeps: sweeps({ pool, keeper: facts, wallNow, ...(mail ? { mail } : {}) }),
    now,
    log,
  });
  undo.push(() => sweeper.close());
  const console = await consoleListener({
    pool,
    keeper: facts,
    clock,
    payloads,
    upstreams,
    ...(mail ? { mail } : {}),
    settings,
    version,
    log,
    clients,
    ...(clock.kind === 'simulated'
      ? {
          moveClock: (to: Temporal.Instant) =>
            settled(moveClock(pool, clock as SimulatedClock, to), approvals.look, sweeper.settle),
        }
      : {}),
  });
  undo.push(() => console.close());
  await console.listen({ host: settings.consoleHost, port: settings.consolePort });
  return {
    clients,
    console: `http://${settings.consoleHost}:${settings.consolePort}`,
    clock,
    lost: lost.promise,
    stop,
    ...(tls.root ? { rootFile: join(settings.dataDir, 'tls', 'root.crt') } : {}),
    ...(newTokenFile ? { newTokenFile } : {}),
  };
}

/** The listeners for clients, one a port, not listening yet; `url` is what clients may write into WUServer for it. */
function clientListeners(settings: Settings, tls: ClientTls, common: Omit<ClientListenerOptions, 'tls'>) {
  const url = (scheme: string, port: number) => settings.publicUrl ?? `${scheme}://${namesOf(settings)[0]}:${port}`;
  const secure = settings.clientTlsPorts.map((port) => ({
    port,
    url: url('https', port),
    app: clientListener({ ...common, tls }),
  }));
  const port = settings.clientPort;
  return settings.clientHttp ? [...secure, { port, url: url('http', port), app: clientListener(common) }] : secure;
}

/** The approval policy of a first start; later ones have the operator's. */
async function firstPolicy(pool: pg.Pool, yaml: string, at: Temporal.Instant): Promise<void> {
  if (await findPolicy(pool)) return;
  await addPolicy(pool, { yaml, who: 'service', why: 'the policy that ships with this version', at });
}

/** A data directory belongs to one kind of clock for ever; a simulated one goes on where it stood. */
async function startClock(pool: pg.Pool, settings: Settings) {
  const kind = settings.clock ? ('simulated' as const) : ('real' as const);
  const first = settings.clock ?? realClock().now();
  const service = await ensureService(pool, { serverGuid: randomUUID(), clock: kind, at: first });
  if (kind === 'real') return { service, clock: realClock() };
  const stood = (await findSimulatedInstant(pool)) ?? first;
  const at = Temporal.Instant.compare(stood, first) > 0 ? stood : first;
  await setSimulatedInstant(pool, at);
  return { service, clock: simulatedClock(at) };
}

/** The reconcilers that look after what is due by the service's clock. */
function sweeps(options: NoticeOptions & { readonly mail?: MailTransport }): Sweep[] {
  const { pool, mail, wallNow } = options;
  const notices = { name: 'notices', every: { minutes: 15 }, run: (at: Temporal.Instant) => writeNotices(options, at) };
  if (!mail) return [notices];
  return [notices, { name: 'mail', every: { minutes: 1 }, run: () => sendDueNotices(pool, mail, wallNow) }];
}

/** A moved clock has settled when everything that follows it has looked. */
async function settled(moved: Promise<void>, ...looks: readonly (() => Promise<unknown>)[]): Promise<void> {
  await moved;
  for (const look of looks) await look();
}

/** Moves the clock after it is durable that it moved; time never seems to have gone back after a crash. */
async function moveClock(pool: pg.Pool, clock: SimulatedClock, to: Temporal.Instant): Promise<void> {
  if (Temporal.Instant.compare(to, clock.now()) < 0)
    throw new CodedError('clock.backwards', `${to} is before ${clock.now()}`);
  await setSimulatedInstant(pool, to);
  clock.moveTo(to);
}

/** The administrator's token of a first start; only its digest goes into the store. */
async function firstToken(pool: pg.Pool, dataDir: string, at: Temporal.Instant): Promise<string | undefined> {
  const file = join(dataDir, 'admin-token');
  if ((await listApiTokens(pool)).length > 0) return undefined;
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const token = kept?.trim() || randomBytes(32).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  await addApiToken(pool, 'admin', tokenDigest(token), at);
  if (await findApiToken(pool, tokenDigest(token))) return file;
  await rm(file); // another process was first, with a token of its own
  return undefined;
}

/** What the generated certificate is good for: the public name, this machine's, and loopback. */
function namesOf({ publicUrl, host }: Settings): string[] {
  const own = publicUrl ? new URL(publicUrl).hostname : hostname();
  const listening = host === '0.0.0.0' || host === '::' ? [] : [host];
  return [...new Set([own, ...listening, 'localhost', '127.0.0.1'])];
}

function operatorsOwn({
  tlsCertificate,
  tlsKey,
}: Settings): { certificateFile: string; keyFile: string } | Record<never, never> {
  return tlsCertificate && tlsKey ? { certificateFile: tlsCertificate, keyFile: tlsKey } : {};
}
