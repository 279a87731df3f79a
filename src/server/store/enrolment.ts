import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import { SOFT } from './soft-commit.ts';

/** A rotated enrolment token, by its SHA-256: it still proves whose a known server is, and enrols no new one. */
export interface FormerToken {
  readonly tokenSha256: Buffer;
  readonly customerId: string;
}

/** Every former token of every customer. */
export async function listFormerTokens(db: Db): Promise<FormerToken[]> {
  const { rows } = await db.query<FormerToken>(
    'select token_sha256 as "tokenSha256", customer_id as "customerId" from former_token',
  );
  return rows;
}

/** A name, or name and hardware, under which one client id came. */
export interface ServerName {
  readonly machine: string;
  readonly firstSeen: Temporal.Instant;
  readonly lastSeen: Temporal.Instant;
}

/** A server that came under more than one name lately, with all of them. */
export interface ServerNames {
  readonly serverId: string;
  readonly names: readonly ServerName[];
}

/** More names of one server in the last months than any renaming explains; further ones say nothing new. */
const MOST_NAMES = 16;
/** A machine that goes on under a known name is noted again only after this long. */
const NOTED_EVERY = { minutes: 60 };
/** Names that nobody came under for so long are forgotten when a new one comes. */
const KEPT = { hours: 24 * 90 };

/** Notes under which name a client id came; writes only when the name is new, or was last noted over an hour ago. */
export async function noteServerName(db: Db, serverId: string, machine: string, at: Temporal.Instant): Promise<void> {
  await db.query({
    name: 'note-server-name',
    text: `with ${SOFT}, noted as (
             insert into server_name as n (server_id, machine, first_seen, last_seen)
             select $1::uuid, $2, $3::timestamptz, $3 from soft
             where soft.set = 'off' and (exists (select from server_name where server_id = $1 and machine = $2)
               or (select count(*) from server_name where server_id = $1) < $6)
             on conflict (server_id, machine) do update set last_seen = excluded.last_seen where n.last_seen < $4
             returning n.server_id)
           delete from server_name n using noted where n.server_id = noted.server_id and n.machine <> $2 and n.last_seen < $5`,
    values: [
      ...[serverId, machine, sqlInstant(at), sqlInstant(at.subtract(NOTED_EVERY)), sqlInstant(at.subtract(KEPT))],
      MOST_NAMES,
    ],
  });
}

/** Servers that came under several names, at least two of them since `since`; by id. */
export async function listServerNames(db: Db, since: Temporal.Instant, limit: number): Promise<ServerNames[]> {
  const { rows } = await db.query<ServerName & { readonly serverId: string }>(
    `with several as (
       select server_id from server_name where last_seen >= $1 group by server_id having count(*) > 1
       order by server_id limit $2)
     select server_id as "serverId", machine, first_seen as "firstSeen", last_seen as "lastSeen"
     from server_name join several using (server_id) order by server_id, first_seen, machine`,
    [sqlInstant(since), limit],
  );
  return [...Map.groupBy(rows, ({ serverId }) => serverId)].map(([serverId, names]) => ({ serverId, names }));
}
