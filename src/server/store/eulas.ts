import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** Notes who accepted a licence and when; false when it had been accepted before. */
export async function acceptEula(db: Db, eulaId: string, who: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into eula_acceptance (eula_id, who, at) values ($1, $2, $3) on conflict do nothing',
    [eulaId, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** Every accepted licence. */
export async function listAcceptedEulas(
  db: Db,
): Promise<{ readonly eulaId: string; readonly who: string; readonly at: Temporal.Instant }[]> {
  const { rows } = await db.query<{ eulaId: string; who: string; at: Temporal.Instant }>(
    'select eula_id as "eulaId", who, at from eula_acceptance order by eula_id',
  );
  return rows;
}
