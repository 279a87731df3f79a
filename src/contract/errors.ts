/** What people read when something is refused, and what a program may rely on. `docs/errors.md` is made from this table. */
export interface ErrorKind {
  /** HTTP status with which the API answers; the command line exits with 1 (2 for `usage.*`). */
  readonly status: number;
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What to do about it. */
  readonly advice: string;
}

/** The one registry of coded errors. Codes are stable; messages may be reworded. */
export const ERRORS = {
  'usage.wrong': {
    status: 400,
    meaning: 'The command or the request is not of the expected form.',
    advice: 'Correct what the message names; --help shows what is allowed.',
  },
  'usage.setting': {
    status: 400,
    meaning: 'A setting has a value that is not allowed.',
    advice: 'Correct it where it was set, in the environment or the file; docs/settings.md lists all.',
  },
  'auth.missing': {
    status: 401,
    meaning: 'No token was sent, or one that is not known.',
    advice: 'Send `Authorization: Bearer …`; the first start writes the token to `admin-token` in the data directory.',
  },
  'auth.not-allowed': {
    status: 403,
    meaning: 'The token is good, but not for this.',
    advice: 'The message names the token that may do it.',
  },
  'request.too-large': { status: 413, meaning: 'The request is larger than allowed.', advice: 'Send less at once.' },
  'not-found': {
    status: 404,
    meaning: 'There is nothing of that name.',
    advice: 'List what there is; names are matched exactly.',
  },
  ambiguous: {
    status: 409,
    meaning: 'The name fits more than one thing.',
    advice: 'Name it by its id; the candidates are listed.',
  },
  'conflict.exists': {
    status: 409,
    meaning: 'Something of that name exists already.',
    advice: 'Choose another name, or change the existing one.',
  },
  'plan.invalid': {
    status: 422,
    meaning: 'The plan cannot be kept.',
    advice: 'The message names each field and its bounds.',
  },
  'calendar.invalid': {
    status: 422,
    meaning: 'The calendar does not read as iCalendar, or has events that no freeze can be made of.',
    advice: 'Each problem is named with its line; correct them and import it again. Nothing was kept.',
  },
  'calendar.too-large': {
    status: 422,
    meaning: 'The calendar takes too much time or memory to work out.',
    advice: 'Export fewer events, or series that end. Nothing was kept.',
  },
  'policy.invalid': {
    status: 422,
    meaning: 'The policy does not read.',
    advice: 'Each problem is named with line and column.',
  },
  'policy.same-person': {
    status: 403,
    meaning: 'A version of the policy is approved by another person than its author: by another API token.',
    advice: 'Let somebody else run `policy approve`, with a token of their own (`tokens add`).',
  },
  'policy.not-waiting': {
    status: 409,
    meaning: 'This version of the policy does not wait for anybody.',
    advice: 'It is in force, was in force, or a later one is; `policy versions` shows them all.',
  },
  'rollout.invalid': {
    status: 422,
    meaning: 'The rollout plan does not read.',
    advice: 'Each problem is named with line and column; docs/rollout.md explains what a plan may say.',
  },
  'rollout.same-person': {
    status: 403,
    meaning: 'The rollout plan asks for another person here than who wrote it: for another API token.',
    advice: 'Let somebody else do it, with a token of their own (`tokens add`).',
  },
  'campaign.state': {
    status: 409,
    meaning: 'Where the campaign, its gate or its server stands does not allow that.',
    advice: 'See where it stands: `campaigns show`, `campaigns members`.',
  },
  'rollout.not-waiting': {
    status: 409,
    meaning: 'This version of the rollout plan does not wait for anybody.',
    advice: 'It is in force, was in force, or a later one is; `rollout versions` shows them all.',
  },
  'evidence.invalid': {
    status: 422,
    meaning: 'Evidence of backups or restore tests does not read, or names servers that the customer does not have.',
    advice: 'Each problem is named with its line; nothing was kept. Correct them and give all of it again.',
  },
  'readiness.policy-invalid': {
    status: 422,
    meaning: 'The readiness policy does not read.',
    advice: 'Each problem is named with line and column; docs/readiness.md lists what a policy may hold.',
  },
  'inventory.invalid': {
    status: 422,
    meaning: 'What was said of servers does not read, or contradicts itself.',
    advice: 'Each problem is named, in a file with its line; nothing was changed. docs/inventory.md lists the columns.',
  },
  'inventory.enrolled': {
    status: 409,
    meaning: 'The server is enrolled; only servers that are not can be taken out of the inventory.',
    advice: 'Take its own settings back with `inventory set`, or stop its agent from asking first.',
  },
  'hook.in-use': {
    status: 409,
    meaning: 'The hook has opened something that it has not closed yet, such as a snapshot.',
    advice: '`hooks runs` lists it. Wait until it is closed, or close it yourself and remove the hook with --abandon.',
  },
  'region.in-use': {
    status: 409,
    meaning: 'Customers or servers have chosen the region.',
    advice: 'Give them another region first, or none.',
  },
  'bootstrap.invalid': {
    status: 422,
    meaning: 'No files can be made for these servers.',
    advice: 'The message says what is missing or contradicts itself.',
  },
  'import.malformed': {
    status: 422,
    meaning: 'A document was skipped because it does not read.',
    advice: 'The message names the document, line and column; all others were taken.',
  },
  'import.conflict': {
    status: 409,
    meaning: 'The same revision came with other content.',
    advice: 'Find out which source is wrong; the revision on record stays.',
  },
  'import.url-refused': {
    status: 422,
    meaning: "A payload's URL is not one of Microsoft's, or no update in the catalogue names the file.",
    advice: 'Only http and https below microsoft.com and windowsupdate.com are taken; put other payloads in yourself.',
  },
  'upstream.unreachable': {
    status: 502,
    meaning: 'The upstream server does not answer, or broke off, however often it was asked.',
    advice:
      'Check address, port, proxy and firewall; docs/upstream.md lists the hosts. What was pulled stays; pull again.',
  },
  'upstream.untrusted': {
    status: 502,
    meaning: 'The certificate of the upstream server is not one that is trusted for this address.',
    advice: 'Give its root with `upstream change NAME --ca FILE`, or correct the address.',
  },
  'upstream.refused': {
    status: 502,
    meaning: 'The upstream server refused an operation of the protocol.',
    advice: 'The message has its code and words; see its log. What was pulled stays; pull again when it is mended.',
  },
  'upstream.unexpected': {
    status: 502,
    meaning: 'What the upstream server answered is not of the protocol.',
    advice: 'Check that the address is the root of a WSUS server, without a path of its services.',
  },
  'upstream.busy': {
    status: 409,
    meaning: 'A pull of this upstream server is under way already.',
    advice: 'Follow it with `upstream status`, or stop it first.',
  },
  'upstream.language': {
    status: 422,
    meaning: 'The upstream server does not have a language that was chosen.',
    advice: 'The message lists those that it has; correct them with `upstream change NAME --languages`.',
  },
  'upstream.omitted': {
    status: 422,
    meaning: 'The upstream server listed a revision and does not deliver it; all others were taken.',
    advice: 'It will be asked for again with `upstream pull NAME --again`.',
  },
  'upstream.unreadable': {
    status: 422,
    meaning:
      'A revision came in a form that does not unpack, or as another document than the one asked for; all others were taken.',
    advice: 'Tell whoever runs the upstream server; it will be asked for again with `upstream pull NAME --again`.',
  },
  'content.unknown': {
    status: 404,
    meaning: 'No update in the catalogue names a file with this digest.',
    advice: 'Import the metadata first.',
  },
  'content.mismatch': {
    status: 422,
    meaning: 'A file has not the size or the digests that its metadata promises.',
    advice: 'Fetch it again; nothing was kept.',
  },
  'clock.real': {
    status: 409,
    meaning: 'The service runs on the real clock, which nobody moves.',
    advice: 'Start it with ST_CLOCK on a data directory of its own.',
  },
  'clock.backwards': { status: 422, meaning: 'A simulated clock only moves forward.', advice: 'Give a later instant.' },
  'store.data-dir-in-use': {
    status: 500,
    meaning: 'Another process uses this data directory.',
    advice: 'Stop it, or choose another directory with ST_DATA_DIR.',
  },
  'store.clock-mismatch': {
    status: 500,
    meaning: 'The data directory belongs to the other kind of clock.',
    advice: 'Real and simulated evidence never mix: use another ST_DATA_DIR.',
  },
  'store.newer-than-program': {
    status: 500,
    meaning: 'The database was made by a newer version.',
    advice: 'Run that version, or restore a backup into a fresh data directory.',
  },
  'store.server-too-old': {
    status: 500,
    meaning: 'The PostgreSQL server is older than 15.',
    advice: 'Point DATABASE_URL at a newer one.',
  },
  'store.start-failed': {
    status: 500,
    meaning: 'The embedded PostgreSQL did not start.',
    advice: 'The message has its last words; check space, permissions and the data directory.',
  },
  'store.migration-failed': {
    status: 500,
    meaning: 'The database could not be brought to the schema of this version.',
    advice: 'Nothing was changed; report the message, go on with the version before.',
  },
  'store.unreachable': {
    status: 503,
    meaning: 'The database does not answer.',
    advice: 'See the log; the service goes on when it is back.',
  },
  'backup.corrupt': {
    status: 422,
    meaning: 'The backup was changed, or is no backup.',
    advice: 'Use another copy; nothing was restored.',
  },
  'backup.truncated': {
    status: 422,
    meaning: 'The backup ends before its end.',
    advice: 'Copy it again; nothing was restored.',
  },
  'backup.newer': {
    status: 422,
    meaning: 'The backup was made by a newer version.',
    advice: 'Restore it with that version; nothing was restored.',
  },
  'backup.other-schema': {
    status: 422,
    meaning: 'The backup belongs to another schema than this database has.',
    advice: 'Restore into an empty data directory; nothing was restored.',
  },
  'backup.not-empty': {
    status: 409,
    meaning: 'A backup is restored into an empty store only.',
    advice: 'Choose an empty ST_DATA_DIR or database.',
  },
  'directory.unreachable': {
    status: 502,
    meaning: 'No domain controller answers at the addresses that are set, or it broke off.',
    advice: 'Check name, port (636 for ldaps, 389 for ldap with StartTLS) and firewall. Nothing was changed.',
  },
  'directory.untrusted': {
    status: 502,
    meaning: 'The certificate of a domain controller is not one that is trusted for this address.',
    advice:
      'Give the root of your authority with `directory change NAME --ca FILE`; address it by a name in the certificate.',
  },
  'directory.refused': {
    status: 502,
    meaning: 'The directory refused the user or the password.',
    advice: 'Correct them with `directory change NAME --user … --password-file FILE`; no other controller was tried.',
  },
  'directory.failed': {
    status: 502,
    meaning: 'The directory refused a question.',
    advice: 'The message has its words; check base and filter, and what the user may read. Nothing was changed.',
  },
  'directory.base': {
    status: 422,
    meaning: 'The directory has no entry of that distinguished name, or the user may not see it.',
    advice: 'Correct the base or the organizational unit that the message names; nothing was changed.',
  },
  'directory.limit': {
    status: 422,
    meaning: 'The directory has more computers than are read at once.',
    advice: 'Read it in parts: several directories, each with a narrower base or filter. Nothing was changed.',
  },
  'directory.shrunk': {
    status: 409,
    meaning: 'Most of the servers that the directory told of are not in its answer any more.',
    advice: 'Check base, filter and what the user may read; if it is true, run `directory sync NAME --accept-left`.',
  },
  'directory.busy': {
    status: 409,
    meaning: 'This directory is being read already.',
    advice: 'Wait for it, or stop it with `directory stop NAME`.',
  },
  'directory.stopped': {
    status: 409,
    meaning: 'The reading of the directory was stopped.',
    advice: 'Nothing was changed; run it again when you like.',
  },
  'secrets.key': {
    status: 500,
    meaning: 'The file secrets.key in the data directory is not a key.',
    advice: 'Put its copy back; without one, remove the file, start anew and give every password again.',
  },
  'secrets.sealed': {
    status: 409,
    meaning: 'A password in the database was sealed with another secrets.key than the one in the data directory.',
    advice: 'Put the former secrets.key back and start anew, or give the password again.',
  },
  'mail.not-configured': {
    status: 409,
    meaning: 'No mail server is set, so that notices are written down and not sent.',
    advice: 'Set ST_SMTP_URL and ST_MAIL_FROM and start anew.',
  },
  'mail.refused': {
    status: 502,
    meaning: 'The mail server did not take a mail.',
    advice: 'The message has its words; check ST_SMTP_URL and ST_MAIL_FROM.',
  },
  'service.busy': {
    status: 503,
    meaning: 'The service is starting, stopping or at its limit.',
    advice: 'Try again later.',
  },
  'service.unreachable': {
    status: 503,
    meaning: 'Nothing answers at the address of the service.',
    advice: 'Start it, or name the right address; then try again.',
  },
  'service.timeout': {
    status: 503,
    meaning: 'The answer took longer than allowed.',
    advice: 'Try again; ask for less at once when it happens again.',
  },
  'service.failed': {
    status: 500,
    meaning: 'Something unexpected happened; it is in the log under the given id.',
    advice: 'Look the id up in the log.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal with its code and, in the message, the place. Thrown at the edges; the domain returns values instead. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  /** Each problem by itself, where there are several. */
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
    this.details = details;
  }
}
