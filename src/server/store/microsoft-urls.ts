import { columns } from './parameter.ts';
import type { Db } from './pool.ts';

/** Notes where Microsoft has payload files that the catalogue names; returns the SHA-1 (hex) of those that it does. */
export async function setMicrosoftUrls(
  db: Db,
  files: readonly { readonly sha1: string; readonly url: string }[],
): Promise<string[]> {
  const { rows } = await db.query<{ sha1: string }>(
    `update payload p set mu_url = f.url
     from unnest($1::text[], $2::text[]) as f (sha1, url) where p.sha1 = decode(f.sha1, 'hex')
     returning f.sha1`,
    columns(files, ['sha1', 'url']),
  );
  return rows.map(({ sha1 }) => sha1);
}
