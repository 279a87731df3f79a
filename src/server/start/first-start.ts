import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { tokenDigest } from '#server/facts/directory.ts';
import { addPolicy, findPolicy } from '#server/store/policies.ts';
import { addApiToken, FIRST_TOKEN, findApiToken, listApiTokens } from '#server/store/tokens.ts';

/** The approval policy of a first start; later ones have the operator's. */
export async function firstPolicy(pool: pg.Pool, yaml: string, at: Temporal.Instant): Promise<void> {
  if (await findPolicy(pool)) return;
  await addPolicy(pool, { yaml, who: 'service', why: 'the policy that ships with this version', at });
}

/** The administrator's token of a first start; only its digest goes into the store. Resolves with the file that has it. */
export async function firstToken(pool: pg.Pool, dataDir: string, at: Temporal.Instant): Promise<string | undefined> {
  const file = join(dataDir, 'admin-token');
  if ((await listApiTokens(pool)).length > 0) return undefined;
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const token = kept?.trim() || randomBytes(32).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  await addApiToken(pool, FIRST_TOKEN, tokenDigest(token), at);
  if (await findApiToken(pool, tokenDigest(token))) return file;
  await rm(file); // another process was first, with a token of its own
  return undefined;
}
