import type { Db } from './pool.ts';

/** What a report must know of the server that it comes from. */
export interface Reporter {
  readonly serverId: string;
  /** Null: enrolled by nobody's token. */
  readonly customerId: string | null;
  readonly isRegistered: boolean;
}

/** The servers with these ids, in their order; undefined for one that is not known (any more). */
export async function findReporters(db: Db, serverIds: readonly string[]): Promise<(Reporter | undefined)[]> {
  const { rows } = await db.query<Reporter>({
    name: 'find-reporters',
    text: `select server_id as "serverId", customer_id as "customerId", registration is not null as "isRegistered"
           from server where server_id = any($1::uuid[])`,
    values: [serverIds],
  });
  const byId = new Map(rows.map((row) => [row.serverId, row]));
  return serverIds.map((id) => byId.get(id));
}
