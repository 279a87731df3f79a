import type { Json } from '#domain/evidence/canonical-json.ts';
import { columns, sqlInstant, sqlInstantOrNull, sqlJson } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** What came about with a campaign or one of its gates. */
export interface GateEvent {
  readonly gateEventId: string;
  readonly campaignId: string;
  /** Null: the campaign as a whole. */
  readonly wave: number | null;
  readonly kind: 'verdict' | 'go' | 'test' | 'stop' | 'resume' | 'release' | 'open' | 'seal' | 'finish' | 'close';
  readonly who: string;
  /** The API token of a person. */
  readonly token: string | null;
  readonly at: Temporal.Instant;
  readonly details: Json;
}

export async function addGateEvents(db: Db, events: readonly GateEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ ...event, at: sqlInstant(event.at), details: sqlJson(event.details) }));
  await db.query(
    `insert into gate_event (gate_event_id, campaign_id, wave, kind, who, token, at, details)
     select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[])`,
    columns(rows, ['gateEventId', 'campaignId', 'wave', 'kind', 'who', 'token', 'at', 'details']),
  );
}

/** What came about with a campaign, the latest first; at most `limit`. */
export async function pageOfGateEvents(
  db: Db,
  campaignId: string,
  after: Pick<GateEvent, 'at' | 'gateEventId'> | undefined,
  limit: number,
): Promise<GateEvent[]> {
  const { rows } = await db.query<GateEvent>(
    `select gate_event_id as "gateEventId", campaign_id as "campaignId", wave, kind, who, token, at, details from gate_event
     where campaign_id = $1 and ($2::timestamptz is null or (at, gate_event_id) < ($2, $3::uuid))
     order by at desc, gate_event_id desc limit $4`,
    [campaignId, sqlInstantOrNull(after?.at), after?.gateEventId, limit],
  );
  return rows;
}

/** The gates of a campaign to which a person gave the go since an instant. */
export async function listGoes(db: Db, campaignId: string, since: Temporal.Instant): Promise<Set<number>> {
  const { rows } = await db.query<{ wave: number }>(
    `select distinct wave from gate_event where campaign_id = $1 and kind = 'go' and wave is not null and at >= $2`,
    [campaignId, sqlInstant(since)],
  );
  return new Set(rows.map(({ wave }) => wave));
}
