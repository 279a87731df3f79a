import type { Db } from '../pool.ts';

/** A table as a backup sees it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Where an identity column's numbering stands. */
export interface Sequence {
  readonly name: string;
  readonly last: number;
  readonly used: boolean;
}

/** Every table but the list of migrations, those that others refer to first. */
export async function listTables(db: Db): Promise<Table[]> {
  const { rows } = await db.query<Table & { readonly refersTo: readonly string[] }>(
    `select c.relname::text as name,
       array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
             and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
       array(select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
             where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as "refersTo"
     from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
       and c.relname <> 'migration' order by c.relname`,
  );
  const ordered: Table[] = [];
  const names = new Set<string>();
  while (ordered.length < rows.length) {
    const next = rows.find(({ name, refersTo }) => !names.has(name) && refersTo.every((other) => names.has(other)));
    if (!next) throw new Error('tables refer to each other in a circle');
    names.add(next.name);
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}

/** Where the numbering of identity columns stands; a number that was once given is never given again. */
export async function listSequences(db: Db): Promise<Sequence[]> {
  const { rows } = await db.query<{ name: string; last: number | null }>(
    `select c.relname::text as name, pg_sequence_last_value(c.oid) as last from pg_class c
     where c.relkind = 'S' and c.relnamespace = current_schema()::regnamespace order by c.relname`,
  );
  return rows.map(({ name, last }) => ({ name, last: last ?? 1, used: last !== null }));
}

/** Lets the numbering go on where it stood; false when there is no such sequence. */
export async function setSequence(db: Db, { name, last, used }: Sequence): Promise<boolean> {
  const { rowCount } = await db.query(
    `select setval(c.oid::regclass, $2, $3) from pg_class c
     where c.relkind = 'S' and c.relnamespace = current_schema()::regnamespace and c.relname = $1`,
    [name, last, used],
  );
  return rowCount === 1;
}
