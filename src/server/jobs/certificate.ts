import type { Server } from 'node:tls';
import type { ClientTls } from '#server/tls/certificate.ts';

interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface CertificateOptions {
  /** What the listeners began with. */
  readonly first: ClientTls;
  /** Reads the operator's files anew, or renews the generated certificate when it is due. */
  readonly read: (at: Temporal.Instant) => Promise<ClientTls>;
  readonly listeners: readonly Pick<Server, 'setSecureContext'>[];
  /** The real clock: that is what clients compare a certificate with. */
  readonly now: () => Temporal.Instant;
  readonly log: Log;
}

const EVERY_MS = 24 * 3_600_000;
const WARN_BEFORE = { hours: 24 * 21 };

/** Looks at the certificate each day and gives a new one to the listeners while they run; connections that are open keep theirs. */
export function keepCertificate(options: CertificateOptions): { look(): Promise<void>; close(): void } {
  const { log } = options;
  let current = options.first;
  async function look(): Promise<void> {
    const at = options.now();
    const read = await options.read(at);
    if (read.certificate !== current.certificate || read.key !== current.key) {
      const { certificate: cert, key } = read;
      for (const listener of options.listeners) listener.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      current = read;
      log.info({ fingerprint: read.fingerprint, expires: read.expires }, 'the listeners have a new certificate');
    }
    const expires = Temporal.Instant.from(current.expires);
    if (Temporal.Instant.compare(expires, at.add(WARN_BEFORE)) < 0)
      log.warn({ expires: current.expires }, 'the certificate of the client listeners expires soon');
  }
  const warn = (error: Error): void =>
    log.warn({ reason: error.message }, 'the certificate was not renewed; the one before stays');
  const timer = setInterval(() => void look().catch(warn), EVERY_MS);
  return { look, close: () => clearInterval(timer) };
}
