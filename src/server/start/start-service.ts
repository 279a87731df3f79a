import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Settings } from '#contract/settings.ts';
import type { Clock, SimulatedClock } from '#server/clock.ts';
import { contentFiles } from '#server/content/content-files.ts';
import { payloadStore } from '#server/content/payload-store.ts';
import { keepFacts } from '#server/facts/keeper.ts';
import { consoleListener } from '#server/http/console-listener.ts';
import { keepCookieKeys } from '#server/jobs/cookie-keys.ts';
import { openSecrets } from '#server/secrets.ts';
import { openStore } from '#server/store/open.ts';
import { deployments } from '#server/wsus/deployments.ts';
import { fragmentCache } from '#server/wsus/fragments.ts';
import type { WsusService } from '#server/wsus/service.ts';
import { startBackground } from './background.ts';
import { openClientSide } from './client-side.ts';
import { firstPolicy, firstToken } from './first-start.ts';
import { moveClock, startClock } from './service-clock.ts';
import type { Undo } from './undo.ts';

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
  const undo: Undo = [];
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
  undo: Undo,
  stop: () => Promise<void>,
): Promise<RunningService> {
  const { dataDir, contentFromMicrosoft } = settings;
  await mkdir(dataDir, { recursive: true });
  const secrets = await openSecrets(dataDir);
  const lost = Promise.withResolvers<string>();
  const store = await openStore({
    dataDir,
    ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
    onConnectionLost: (reason) => log.warn({ reason }, 'a database connection was lost'),
    onServerLost: lost.resolve,
  });
  const { pool } = store;
  undo.push(() => store.close());
  const { clock, service } = await startClock(pool, settings);
  const now = () => clock.now();
  await firstPolicy(pool, defaultPolicy, now());
  const newTokenFile = await firstToken(pool, dataDir, now());
  const keys = await keepCookieKeys(pool, now, (reason) => log.warn({ reason }, 'cookie keys were not renewed'));
  undo.push(async () => keys.close());
  const fragments = await fragmentCache(pool);
  const keeper = await keepFacts({ pool, contentFromMicrosoft, log, beforeUse: () => fragments.refresh() });
  undo.push(() => keeper.close());
  const payloads = payloadStore(join(dataDir, 'content'));
  const wsus: WsusService = {
    pool,
    identity: { guid: service.serverGuid, configChanged: service.configChanged.toString() },
    facts: keeper,
    deployments: deployments(pool, keeper),
    fragments,
    cookieKeys: () => keys.current(),
    contentFromMicrosoft,
    clock: clock.kind,
  };
  const files = contentFiles(pool, payloads, settings.selfUpdateDir);
  const clientSide = await openClientSide(settings, { wsus, files, now, log }, undo);
  const { settle, ...background } = startBackground({ pool, settings, keeper, clock, secrets, version, log }, undo);
  const move = async (to: Temporal.Instant): Promise<void> => {
    await moveClock(pool, clock as SimulatedClock, to);
    await settle();
  };
  const clients = clientSide.urls;
  const shared = { pool, keeper, clock, payloads, secrets, settings, version, log, clients, ...background };
  const console = await consoleListener(clock.kind === 'simulated' ? { ...shared, moveClock: move } : shared);
  undo.push(() => console.close());
  await console.listen({ host: settings.consoleHost, port: settings.consolePort });
  return {
    clients,
    console: `http://${settings.consoleHost}:${settings.consolePort}`,
    clock,
    lost: lost.promise,
    stop,
    ...(clientSide.hasOwnRoot ? { rootFile: join(dataDir, 'tls', 'root.crt') } : {}),
    ...(newTokenFile ? { newTokenFile } : {}),
  };
}
