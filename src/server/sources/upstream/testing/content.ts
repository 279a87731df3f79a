import type pg from 'pg';

/**
 * Everything that imports leave behind, row by row in an order of its own, without what depends on when and in which order documents came:
 * revision ids, source and instant.
 */
export async function contentOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ row: string }>(
    `select row from (
       select 'revision ' || update_id || ' ' || revision_number || ' ' || metadata || ' ' || encode(document_sha256, 'hex')
         || ' ' || (select md5(zstd) from revision_document d where d.revision_id = r.revision_id) as row
       from revision r
       union all
       select 'fragment ' || update_id || ' ' || revision_number || ' ' || kind || ' ' || locale
         || ' ' || md5(escaped) || ' ' || md5(xpress)
       from fragment join revision using (revision_id)
       union all
       select 'payload ' || encode(sha1, 'hex') || ' ' || coalesce(encode(sha256, 'hex'), '-') || ' ' || size || ' ' || name
         || ' ' || coalesce(mu_url, '-')
       from payload
     ) every order by row`,
  );
  return rows.map(({ row }) => row);
}
