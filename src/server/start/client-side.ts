import { hostname } from 'node:os';
import { Server as TlsServer } from 'node:tls';
import type { Settings } from '#contract/settings.ts';
import { type ClientListenerOptions, clientListener } from '#server/http/client-listener.ts';
import { recorder } from '#server/http/recorder.ts';
import { keepCertificate } from '#server/jobs/certificate.ts';
import { type ClientTls, clientTls } from '#server/tls/certificate.ts';
import type { Undo } from './undo.ts';

/** Where clients are served. */
export interface ClientSide {
  /** What they may write into WUServer. */
  readonly urls: readonly string[];
  /** The root certificate was generated, and clients must trust it. */
  readonly hasOwnRoot: boolean;
}

/** Opens the listeners for clients, with certificates that renew themselves and, where it is wanted, a recording. */
export async function openClientSide(
  settings: Settings,
  options: Pick<ClientListenerOptions, 'wsus' | 'files' | 'now' | 'log'>,
  undo: Undo,
): Promise<ClientSide> {
  const { log } = options;
  const recording = settings.recordDir
    ? recorder(settings.recordDir, (reason) => log.warn({ reason }, 'a conversation was not recorded'))
    : undefined;
  if (recording) undo.push(() => recording.close());
  const readTls = (at: Temporal.Instant) =>
    clientTls({ dataDir: settings.dataDir, names: namesOf(settings), at, ...operatorsOwn(settings) });
  const tls = await readTls(Temporal.Now.instant());
  const listeners = clientListeners(settings, tls, {
    ...options,
    ...(settings.publicUrl ? { publicUrl: settings.publicUrl } : {}),
    ...(recording ? { recorder: recording } : {}),
  });
  for (const { port, app } of listeners) {
    undo.push(() => app.close());
    await app.listen({ host: settings.host, port });
  }
  const certificate = keepCertificate({
    first: tls,
    read: readTls,
    listeners: listeners.flatMap(({ app }) => (app.server instanceof TlsServer ? [app.server] : [])),
    now: () => Temporal.Now.instant(),
    log,
  });
  undo.push(async () => certificate.close());
  return { urls: listeners.map(({ url }) => url), hasOwnRoot: tls.root !== undefined };
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
