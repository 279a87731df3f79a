import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Db } from './pool.ts';

/** When each of these revisions came into the catalogue. */
export async function findImportInstants(
  db: Db,
  revisionIds: readonly number[],
): Promise<Map<number, Temporal.Instant>> {
  const { rows } = await db.query<{ id: number; at: Temporal.Instant }>({
    name: 'find-import-instants',
    text: 'select revision_id as id, imported_at as at from revision where revision_id = any($1::int[])',
    values: [revisionIds],
  });
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** What an agent told of one update, as far as it settles anything. */
export interface UpdateEvent {
  readonly eventId: number;
  readonly hresult: number;
  readonly at: Temporal.Instant;
}

/** The latest events of a server about an update, newest first, at most 100. */
export async function listUpdateEvents(db: Db, serverId: string, updateId: UpdateId): Promise<UpdateEvent[]> {
  const { rows } = await db.query<UpdateEvent>(
    `select event_id as "eventId", hresult, least(time_at_target, received_at) as at from event
     where server_id = $1 and update_id = $2 order by time_at_target desc limit 100`,
    [serverId, updateId],
  );
  return rows;
}

/** The localized fragments of a revision as they stand inside `<Xml>`, by language. */
export async function listLocalizedFragments(
  db: Db,
  revisionId: number,
): Promise<{ readonly language: string; readonly escaped: string }[]> {
  const { rows } = await db.query<{ language: string; escaped: string }>(
    `select locale as language, convert_from(escaped, 'UTF8') as escaped from fragment
     where revision_id = $1 and kind = 'LocalizedProperties' order by locale`,
    [revisionId],
  );
  return rows;
}
