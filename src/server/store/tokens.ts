import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** The token of the first start; it alone makes others. */
export const FIRST_TOKEN = 'admin';

/** An administrator's token of the API; only its digest is known. */
export interface ApiToken {
  readonly name: string;
  readonly createdAt: Temporal.Instant;
  readonly revokedAt: Temporal.Instant | null;
}

/** Adds a token by its SHA-256; false when the name or the token is there already. */
export async function addApiToken(db: Db, name: string, sha256: Uint8Array, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into api_token (token_sha256, name, created_at) values ($1, $2, $3) on conflict do nothing',
    [sha256, name, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** The name of a token that is not revoked, by its SHA-256. */
export async function findApiToken(db: Db, sha256: Uint8Array): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>({
    name: 'find-api-token',
    text: 'select name from api_token where token_sha256 = $1 and revoked_at is null',
    values: [sha256],
  });
  return rows[0]?.name;
}

/** Revokes a token; false when no live token has this name. */
export async function revokeApiToken(db: Db, name: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query('update api_token set revoked_at = $2 where name = $1 and revoked_at is null', [
    name,
    sqlInstant(at),
  ]);
  return rowCount === 1;
}

/** All tokens by name. */
export async function listApiTokens(db: Db): Promise<ApiToken[]> {
  const { rows } = await db.query<ApiToken>(
    'select name, created_at as "createdAt", revoked_at as "revokedAt" from api_token order by name',
  );
  return rows;
}
