import type { Db } from './pool.ts';

/** Begins a session of a token that is not revoked, by both digests, and forgets those that have expired. Returns the token's name. */
export async function addConsoleSession(
  db: Db,
  sessionSha256: Uint8Array,
  tokenSha256: Uint8Array,
  seconds: number,
): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>(
    `with old as (delete from console_session where expires_at < now()),
       added as (insert into console_session (session_sha256, token_sha256, expires_at)
                 select $1, token_sha256, now() + make_interval(secs => $3)
                 from api_token where token_sha256 = $2 and revoked_at is null returning token_sha256)
     select name from added join api_token using (token_sha256)`,
    [sessionSha256, tokenSha256, seconds],
  );
  return rows[0]?.name;
}

/** The name of the token that a live session belongs to, by the session's digest. */
export async function findConsoleSession(db: Db, sessionSha256: Uint8Array): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>({
    name: 'find-console-session',
    text: `select name from console_session join api_token using (token_sha256)
           where session_sha256 = $1 and expires_at > now() and revoked_at is null`,
    values: [sessionSha256],
  });
  return rows[0]?.name;
}

/** Ends a session. */
export async function removeConsoleSession(db: Db, sessionSha256: Uint8Array): Promise<void> {
  await db.query('delete from console_session where session_sha256 = $1', [sessionSha256]);
}
