import type { LocalSpan } from '#domain/fleet/inventory.ts';
import type { Db } from './pool.ts';

/** When these servers are backed up, by their inventory; without those of which it is not known. */
export async function listBackupSlots(db: Db, serverIds: readonly string[]): Promise<ReadonlyMap<string, LocalSpan>> {
  const { rows } = await db.query<{ serverId: string; slot: LocalSpan }>(
    `select server_id as "serverId", profile->'backup'->'slot' as slot from machine
     where server_id = any($1::uuid[]) and profile->'backup'->'slot' is not null`,
    [serverIds],
  );
  return new Map(rows.map(({ serverId, slot }) => [serverId, slot]));
}
