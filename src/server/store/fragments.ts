import { columns } from './parameter.ts';
import type { Db } from './pool.ts';

export type FragmentKind = 'Core' | 'Extended' | 'LocalizedProperties' | 'Eula';

/** A stored piece of a revision's metadata. `locale` is empty for Core and Extended. */
export interface FragmentKey {
  readonly revisionId: number;
  readonly kind: FragmentKind;
  readonly locale: string;
}

/** A fragment in both forms in which it is sent. */
export interface Fragment {
  readonly kind: FragmentKind;
  readonly locale: string;
  /** XML-escaped once more, ready to stand inside `<Xml>`. */
  readonly escaped: Uint8Array;
  /** The same as finished xpress blocks. */
  readonly xpress: Uint8Array;
}

/** The named fragments in one of their forms, in the order of the keys; undefined where there is none. */
export async function findFragments(
  db: Db,
  keys: readonly FragmentKey[],
  form: 'escaped' | 'xpress',
): Promise<(Buffer | undefined)[]> {
  const { rows } = await db.query<{ bytes: Buffer | null }>({
    name: `find-fragments-${form}`,
    text: `select f.${form} as bytes
           from unnest($1::int[], $2::text[], $3::text[]) with ordinality as k (revision_id, kind, locale, place)
           left join fragment f using (revision_id, kind, locale) order by k.place`,
    values: columns(keys, ['revisionId', 'kind', 'locale']),
  });
  return rows.map(({ bytes }) => bytes ?? undefined);
}

/** Which fragments of these revisions and kinds there are in these locales, and how long their escaped form is in bytes. */
export async function listFragments(
  db: Db,
  revisionIds: readonly number[],
  kinds: readonly FragmentKind[],
  locales: readonly string[],
): Promise<(FragmentKey & { readonly bytes: number })[]> {
  const { rows } = await db.query<FragmentKey & { readonly bytes: number }>({
    name: 'list-fragments',
    text: `select revision_id as "revisionId", kind, locale, octet_length(escaped) as bytes from fragment
           where revision_id = any($1::int[]) and kind = any($2::text[]) and (locale = '' or locale = any($3::text[]))
           order by kind, revision_id, locale`,
    values: [revisionIds, kinds, locales],
  });
  return rows;
}

/** Bytes of the escaped core fragments of revisions with a higher id than `after`. */
export async function listCoreSizes(
  db: Db,
  after: number,
): Promise<{ readonly revisionId: number; readonly bytes: number }[]> {
  const { rows } = await db.query<{ revisionId: number; bytes: number }>(
    `select revision_id as "revisionId", octet_length(escaped) as bytes from fragment
     where kind = 'Core' and revision_id > $1`,
    [after],
  );
  return rows;
}
