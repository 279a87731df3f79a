import { sqlInstant, sqlInstantOrNull } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** Something that went wrong at a customer; while it is open, gates may wait for its end. */
export interface IncidentRow {
  readonly incidentId: string;
  readonly customerId: string;
  readonly serverId: string | null;
  /** DNS name of that server; null: none, or it is gone. */
  readonly server: string | null;
  readonly title: string;
  /** In a ticket system. */
  readonly reference: string | null;
  readonly who: string;
  readonly openedAt: Temporal.Instant;
  readonly closedAt: Temporal.Instant | null;
  readonly closedBy: string | null;
}

const FIELDS = `incident_id as "incidentId", i.customer_id as "customerId", i.server_id as "serverId",
  (select dns_name from server s where s.server_id = i.server_id) as server, title, reference, who, opened_at as "openedAt",
  closed_at as "closedAt", closed_by as "closedBy"`;

export async function addIncident(
  db: Db,
  incident: Omit<IncidentRow, 'server' | 'closedAt' | 'closedBy'>,
): Promise<void> {
  const { incidentId, customerId, serverId, title, reference, who, openedAt } = incident;
  await db.query(
    `insert into incident (incident_id, customer_id, server_id, title, reference, who, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [incidentId, customerId, serverId, title, reference, who, sqlInstant(openedAt)],
  );
}

export async function findIncident(db: Db, incidentId: string): Promise<IncidentRow | undefined> {
  const { rows } = await db.query<IncidentRow>(`select ${FIELDS} from incident i where incident_id = $1`, [incidentId]);
  return rows[0];
}

/** Ends an incident; false when it is over already, or never was. */
export async function endIncident(db: Db, incidentId: string, who: string, at: Temporal.Instant): Promise<boolean> {
  const { rowCount } = await db.query(
    'update incident set closed_at = $3, closed_by = $2 where incident_id = $1 and closed_at is null',
    [incidentId, who, sqlInstant(at)],
  );
  return rowCount === 1;
}

/** What a page of incidents is asked for by. */
export interface IncidentQuery {
  readonly customerId: string | undefined;
  /** Only those that are open. */
  readonly open: boolean;
  readonly after: Pick<IncidentRow, 'openedAt' | 'incidentId'> | undefined;
  readonly limit: number;
}

/** Incidents, the latest first. */
export async function pageOfIncidents(db: Db, query: IncidentQuery): Promise<IncidentRow[]> {
  const { customerId, open, after, limit } = query;
  const { rows } = await db.query<IncidentRow>(
    `select ${FIELDS} from incident i where ($1::uuid is null or i.customer_id = $1) and (not $2 or closed_at is null)
       and ($3::timestamptz is null or (opened_at, incident_id) < ($3, $4::uuid))
     order by opened_at desc, incident_id desc limit $5`,
    [customerId, open, sqlInstantOrNull(after?.openedAt), after?.incidentId, limit],
  );
  return rows;
}
