import { createTransport } from 'nodemailer';
import type { Letter } from '#domain/notice/letters.ts';

/** Sends one letter to one recipient; rejects when the mail server did not take it. */
export interface MailTransport {
  send(recipient: string, letter: Letter): Promise<void>;
  close(): void;
}

/** A mail server that does not answer must not hold what comes behind it. */
const PATIENCE_MS = 20_000;

/**
 * SMTP as the settings say: `smtp://user:password@host:port` or `smtps://…`. Plain `smtp:` upgrades to TLS where the server offers it, and
 * must where credentials are given. Only text is sent; nothing of a letter is read as a file or an address list.
 */
export function smtpTransport(url: string, from: string): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && username !== '',
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
  });
  return {
    async send(recipient, { subject, body }) {
      await transport.sendMail({
        from,
        to: { name: '', address: recipient },
        subject,
        text: body,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
