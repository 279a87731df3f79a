import type { UpdateId } from '#domain/catalogue/revision.ts';
import { columns, sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** An update that a server was told to install. */
export interface Offer {
  readonly updateId: UpdateId;
  readonly revisionId: number;
  readonly deadline?: Temporal.Instant;
}

export interface OfferRow {
  readonly serverId: string;
  readonly updateId: UpdateId;
  readonly revisionId: number;
  readonly deadline: Temporal.Instant | null;
  readonly toldAt: Temporal.Instant;
  readonly withdrawnAt: Temporal.Instant | null;
}

const FIELDS = `server_id as "serverId", update_id as "updateId", revision_id as "revisionId", deadline,
  told_at as "toldAt", withdrawn_at as "withdrawnAt"`;

/** Notes what a server was told to install; the latest word on each update counts. */
export async function tellOffers(
  db: Db,
  serverId: string,
  offers: readonly Offer[],
  at: Temporal.Instant,
): Promise<void> {
  const rows = [...new Map(offers.map((offer) => [offer.updateId, offer])).values()].map((offer) => ({
    ...offer,
    deadline: sqlInstantOrNull(offer.deadline),
  }));
  await db.query({
    name: 'tell-offers',
    text: `insert into offer as o (server_id, customer_id, update_id, revision_id, deadline, told_at)
           select s.server_id, s.customer_id, t.update_id, t.revision_id, t.deadline, $2
           from server s, unnest($3::uuid[], $4::int[], $5::timestamptz[]) as t (update_id, revision_id, deadline)
           where s.server_id = $1 order by t.update_id
           on conflict (server_id, update_id) do update set customer_id = excluded.customer_id,
             revision_id = excluded.revision_id, deadline = excluded.deadline, told_at = excluded.told_at,
             withdrawn_at = null
           where o.told_at <= excluded.told_at`,
    values: [serverId, sqlInstant(at), ...columns(rows, ['updateId', 'revisionId', 'deadline'])],
  });
}

/** Notes that a server was told to install these no longer; returns how many it had been told of. */
export async function withdrawOffers(
  db: Db,
  serverId: string,
  updateIds: readonly UpdateId[],
  at: Temporal.Instant,
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'withdraw-offers',
    text: `update offer set withdrawn_at = $3
           where server_id = $1 and update_id = any($2::uuid[]) and withdrawn_at is null and told_at <= $3`,
    values: [serverId, updateIds, sqlInstant(at)],
  });
  return rowCount ?? 0;
}

/** Everything that a server was ever told to install, the latest word on each update. */
export async function listOffers(db: Db, serverId: string): Promise<OfferRow[]> {
  const { rows } = await db.query<OfferRow>({
    name: 'list-offers',
    text: `select ${FIELDS} from offer where server_id = $1 order by update_id`,
    values: [serverId],
  });
  return rows;
}

/** The servers that hold an offer of this update, by id after `after`, at most `limit`: they may still act on it. */
export async function listHolders(
  db: Db,
  updateId: UpdateId,
  after: string | undefined,
  limit: number,
): Promise<OfferRow[]> {
  const { rows } = await db.query<OfferRow>(
    `select ${FIELDS} from offer where update_id = $1 and withdrawn_at is null and ($2::uuid is null or server_id > $2)
     order by server_id limit $3`,
    [updateId, after, limit],
  );
  return rows;
}
