import * as z from 'zod';
import { CodedError } from '#contract/errors.ts';

/** One setting: its name in `second-tuesday.yaml`, its environment variable, what it means. One table yields schema and docs. */
interface Setting {
  readonly env: string;
  readonly means: string;
  readonly allowed: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
  readonly schema: z.ZodType;
}

const port = z.coerce.number().int().min(1).max(65_535);
const ports = z.preprocess(
  (value) =>
    typeof value === 'string' ? value.split(',').map((one) => one.trim()) : Array.isArray(value) ? value : [value],
  z.array(port).min(1).max(8),
);
const onOff = z.preprocess((value) => (value === 'on' ? true : value === 'off' ? false : value), z.boolean());
const instant = z.string().transform((text, context) => {
  try {
    return Temporal.Instant.from(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not an instant' });
    return z.NEVER;
  }
});

/** Every setting. Optional ones have no default. */
export const SETTINGS = {
  dataDir: {
    env: 'ST_DATA_DIR',
    means: 'folder with everything that the service keeps',
    allowed: 'a path',
    schema: z.string().min(1).default('./data'),
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    means: "an installation's own PostgreSQL, 15 or later, instead of the embedded one",
    allowed: 'postgres://…',
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
  },
  host: {
    env: 'ST_HOST',
    means: 'address on which clients are served',
    allowed: 'an address or a name',
    schema: z.string().min(1).default('0.0.0.0'),
  },
  clientTlsPorts: {
    env: 'ST_CLIENT_TLS_PORTS',
    means: 'TLS ports for clients',
    allowed: 'ports 1–65535, separated by commas',
    schema: ports.default([8531]),
  },
  clientHttp: {
    env: 'ST_CLIENT_HTTP',
    means: 'plain HTTP for clients: anybody on the way can then insert updates',
    allowed: 'on or off',
    schema: onOff.default(false),
  },
  clientPort: {
    env: 'ST_CLIENT_PORT',
    means: 'port for plain HTTP',
    allowed: 'a port 1–65535',
    schema: port.default(8530),
  },
  publicUrl: {
    env: 'ST_PUBLIC_URL',
    means: 'what clients write into WUServer; default: what they asked for',
    allowed: 'http(s)://host[:port]',
    schema: z.url({ protocol: /^https?$/ }).optional(),
  },
  tlsCertificate: {
    env: 'ST_TLS_CERTIFICATE',
    means: "PEM file with the operator's certificate chain; without it an authority is generated",
    allowed: 'a path, with ST_TLS_KEY',
    schema: z.string().min(1).optional(),
  },
  tlsKey: {
    env: 'ST_TLS_KEY',
    means: 'PEM file with its private key',
    allowed: 'a path, with ST_TLS_CERTIFICATE',
    schema: z.string().min(1).optional(),
  },
  consoleHost: {
    env: 'ST_CONSOLE_HOST',
    means: 'address of the console and the API',
    allowed: 'an address or a name',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  consolePort: {
    env: 'ST_CONSOLE_PORT',
    means: 'port of the console and the API',
    allowed: 'a port 1–65535',
    schema: port.default(8080),
  },
  contentFromMicrosoft: {
    env: 'ST_CONTENT_FROM_MICROSOFT',
    means: "clients fetch payloads that are not held here from Microsoft's URL",
    allowed: 'on or off',
    schema: onOff.default(true),
  },
  selfUpdateDir: {
    env: 'ST_SELF_UPDATE_DIR',
    means: 'a genuine SelfUpdate tree, for Server 2012 R2 and older',
    allowed: 'a path',
    schema: z.string().min(1).optional(),
  },
  recordDir: {
    env: 'ST_RECORD_DIR',
    means: 'record conversations with clients into this folder, secrets removed',
    allowed: 'a path',
    schema: z.string().min(1).optional(),
  },
  clock: {
    env: 'ST_CLOCK',
    means: 'start on a simulated clock that stands at this instant',
    allowed: 'an instant such as 2023-10-09T00:00:00Z',
    schema: instant.optional(),
  },
  smtpUrl: {
    env: 'ST_SMTP_URL',
    means: 'mail server for notices to owners; without it they are written down and not sent',
    allowed: 'smtp(s)://[user:password@]host[:port]',
    secret: true,
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
  },
  mailFrom: {
    env: 'ST_MAIL_FROM',
    means: 'sender of notices',
    allowed: 'an address such as patching@example.com',
    schema: z.email().default('second-tuesday@localhost.localdomain'),
  },
  eventRetentionDays: {
    env: 'ST_EVENT_RETENTION_DAYS',
    means: "how long agents' events and evidence of backups are kept; their digests stay in the record",
    allowed: 'days, 30–3650',
    schema: z.coerce.number().int().min(30).max(3650).default(400),
  },
  logLevel: {
    env: 'ST_LOG_LEVEL',
    means: 'how much is logged',
    allowed: 'fatal, error, warn, info, debug or trace',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  },
} as const satisfies Record<string, Setting>;

export type Settings = { readonly [name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[name]['schema']> };

/**
 * The settings of a start: the file's values, each overridden by its environment variable, else the default. Throws `usage.setting`
 * with the name, the value and what is allowed, for all wrong ones at once; an unknown name in the file is wrong too.
 */
export function readSettings(
  file: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const problems = Object.keys(file)
    .filter((name) => !Object.hasOwn(SETTINGS, name))
    .map((name) => `${name}: there is no such setting`);
  const read = Object.entries<Setting>(SETTINGS).map(([name, { env: variable, allowed, secret, schema }]) => {
    const text = env[variable];
    const value = text === undefined || text === '' ? file[name] : text;
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      problems.push(
        `${text ? variable : name}: ${secret ? 'its value' : JSON.stringify(value)} is not allowed; allowed is ${allowed}`,
      );
    return [name, parsed.data];
  });
  const settings = Object.fromEntries(read) as Settings;
  if (!problems.length && !settings.tlsCertificate !== !settings.tlsKey)
    problems.push('ST_TLS_CERTIFICATE and ST_TLS_KEY go together');
  if (problems.length) throw new CodedError('usage.setting', problems.join('; '), problems);
  return settings;
}
