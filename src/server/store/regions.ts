import type { Region } from '#domain/fleet/region.ts';
import { SHIPPED_REGIONS } from '#domain/fleet/regions-shipped.ts';
import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Every region by name: the operator's, and the shipped ones that no row stands in for. */
export async function listRegions(db: Db): Promise<Region[]> {
  const { rows } = await db.query<Region>(
    'select name, title, endpoint, aliases, zone, latitude, longitude from region order by name',
  );
  const own = new Set(rows.map(({ name }) => name));
  return [...rows, ...SHIPPED_REGIONS.filter(({ name }) => !own.has(name))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Writes a region over the one of the same name. */
export async function saveRegion(db: Db, region: Region, at: Temporal.Instant): Promise<void> {
  const { name, title, endpoint, aliases, zone, latitude, longitude } = region;
  await db.query(
    `insert into region (name, title, endpoint, aliases, zone, latitude, longitude, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (name) do update set title = excluded.title, endpoint = excluded.endpoint, aliases = excluded.aliases,
       zone = excluded.zone, latitude = excluded.latitude, longitude = excluded.longitude,
       changed_at = excluded.changed_at`,
    [name, title, endpoint, aliases, zone, latitude, longitude, sqlInstant(at)],
  );
}

/** Removes the operator's row, after which a shipped region of the name holds again; false when there is none. */
export async function removeRegion(db: Db, name: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from region where name = $1', [name]);
  return rowCount === 1;
}

/** How many customers and servers have chosen a region themselves. */
export async function countRegionUsers(db: Db, name: string): Promise<number> {
  const { rows } = await db.query<{ users: number }>(
    `select ((select count(*) from customer where region = $1) + (select count(*) from server where region = $1))::int
       as users`,
    [name],
  );
  return rows[0]?.users ?? 0;
}
