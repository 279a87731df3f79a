import type { PersonDecision } from '#domain/approval/verdict.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** Who asked for what the policy does not approve, and took the responsibility for it. */
export interface Request {
  readonly requestedBy: string;
  readonly requestedAt: Temporal.Instant;
  readonly acceptedBy: string;
  /** The words that were accepted. */
  readonly acceptance: string;
}

/** What is kept beside a person's word. */
export interface Circumstances {
  /** The policy that was in force. */
  readonly policyVersion?: number;
  readonly request?: Request;
}

/** For whom a word holds; without a customer, for all. */
export type Level = Pick<PersonDecision, 'customerId' | 'serverId'>;

/** A person's word as it is kept, also one that no longer holds. */
export interface PersonDecisionRow extends PersonDecision {
  readonly decisionId: string;
  readonly updateId: UpdateId;
  readonly policyVersion?: number;
  readonly request?: Request;
  readonly ended?: { readonly at: Temporal.Instant; readonly who: string; readonly why: string };
}

const SAME_LEVEL = 'update_id = $1 and customer_id is not distinct from $2 and server_id is not distinct from $3';

/** Adds a person's word on an update. The earlier one at the same level is kept, with its end; run it inside a transaction. */
export async function savePersonDecision(
  db: Db,
  updateId: UpdateId,
  said: PersonDecision,
  { policyVersion, request }: Circumstances = {},
): Promise<void> {
  // Two persons at once: the second waits, and ends the word of the first.
  await db.query("select pg_advisory_xact_lock(hashtextextended('person-decision ' || $1, 0))", [updateId]);
  await endPersonDecision(db, updateId, said, { at: said.at, who: said.who, why: 'A later word took its place.' });
  await db.query(
    `insert into person_decision (update_id, customer_id, server_id, decision, who, why, at, at_customers_risk,
       policy_version, requested_by, requested_at, accepted_by, acceptance)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      updateId,
      said.customerId,
      said.serverId,
      said.decision,
      said.who,
      said.why,
      sqlInstant(said.at),
      said.atCustomersRisk,
      policyVersion,
      request?.requestedBy,
      sqlInstantOrNull(request?.requestedAt),
      request?.acceptedBy,
      request?.acceptance,
    ],
  );
}

/** Ends a person's word, so that the next level speaks again; false when there was none in force. */
export async function endPersonDecision(
  db: Db,
  updateId: UpdateId,
  { customerId, serverId }: Level,
  ended: { readonly at: Temporal.Instant; readonly who: string; readonly why: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update person_decision set ended_at = $4, ended_by = $5, ended_why = $6 where ${SAME_LEVEL} and ended_at is null`,
    [updateId, customerId, serverId, sqlInstant(ended.at), ended.who, ended.why],
  );
  return rowCount === 1;
}

/** Every person's word that stands. That of a request beyond the policy says who asked, and who is responsible. */
export async function listPersonDecisions(
  db: Db,
): Promise<{ readonly updateId: UpdateId; readonly said: PersonDecision }[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from person_decision where ended_at is null
     order by update_id, customer_id nulls first, server_id nulls first`,
  );
  return rows.map((row) => {
    const { updateId, decision, who, why: reason, at, customerId, serverId, atCustomersRisk, request } = read(row);
    const why = request ? `${reason} ${responsibility(request)}` : reason;
    const level = {
      ...(customerId === undefined ? {} : { customerId }),
      ...(serverId === undefined ? {} : { serverId }),
    };
    return { updateId, said: { decision, who, why, at, atCustomersRisk, ...level } };
  });
}

/** Every word ever said on an update, the latest first. */
export async function listWordsOn(db: Db, updateId: UpdateId, limit: number): Promise<PersonDecisionRow[]> {
  const { rows } = await db.query<Columns>(
    `select ${FIELDS} from person_decision where update_id = $1 order by person_decision.at desc, decision_id limit $2`,
    [updateId, limit],
  );
  return rows.map(read);
}

function responsibility({ requestedBy, requestedAt, acceptedBy }: Request): string {
  return `(Asked for by ${requestedBy} on ${requestedAt.toString().slice(0, 10)}; ${acceptedBy} accepted the responsibility.)`;
}

interface Columns extends Pick<PersonDecision, 'decision' | 'who' | 'why' | 'at' | 'atCustomersRisk'> {
  readonly decisionId: string;
  readonly updateId: UpdateId;
  readonly customerId: string | null;
  readonly serverId: string | null;
  readonly policyVersion: number | null;
  readonly requestedBy: string | null;
  readonly requestedAt: Temporal.Instant | null;
  readonly acceptedBy: string | null;
  readonly acceptance: string | null;
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
  readonly endedWhy: string | null;
}

const FIELDS = `decision_id as "decisionId", update_id as "updateId", customer_id as "customerId", server_id as "serverId",
  decision, who, why, at, at_customers_risk as "atCustomersRisk", policy_version as "policyVersion",
  requested_by as "requestedBy", requested_at as "requestedAt", accepted_by as "acceptedBy", acceptance,
  ended_at as "endedAt", ended_by as "endedBy", ended_why as "endedWhy"`;

function read(row: Columns): PersonDecisionRow {
  const { decisionId, updateId, decision, who, why, at, atCustomersRisk, customerId, serverId, policyVersion } = row;
  const { requestedBy, requestedAt, acceptedBy, acceptance, endedAt, endedBy, endedWhy } = row;
  const asked = requestedBy !== null && requestedAt && acceptedBy !== null && acceptance !== null;
  return {
    ...{ decisionId, updateId, decision, who, why, at, atCustomersRisk },
    ...(customerId === null ? {} : { customerId }),
    ...(serverId === null ? {} : { serverId }),
    ...(policyVersion === null ? {} : { policyVersion }),
    ...(asked ? { request: { requestedBy, requestedAt, acceptedBy, acceptance } } : {}),
    ...(endedAt ? { ended: { at: endedAt, who: endedBy ?? '', why: endedWhy ?? '' } } : {}),
  };
}
