import type { UpdateId } from '#domain/catalogue/revision.ts';
import { columns, sqlInstant, sqlInstantOrNull } from './parameter.ts';
import type { Db } from './pool.ts';

/** What holds for all customers. */
export interface VerdictRow {
  readonly updateId: UpdateId;
  readonly revisionNumber: number;
  readonly verdict: 'approve' | 'not-approve' | 'review';
  /** The policy's rule, or a person. */
  readonly who: string;
  readonly why: string;
}

/** One process at a time compares and adds; the lock goes with the transaction. */
export async function lockApprovals(db: Db): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('approvals', 0))");
}

/** What was added after the row `after`, in order, at most `limit`. */
export async function listVerdictsAfter(
  db: Db,
  after: number,
  limit: number,
): Promise<(VerdictRow & { readonly approvalId: number })[]> {
  const { rows } = await db.query<VerdictRow & { readonly approvalId: number }>({
    name: 'list-verdicts-after',
    text: `select approval_id as "approvalId", update_id as "updateId", revision_number as "revisionNumber", verdict, who, why
           from approval where approval_id > $1 order by approval_id limit $2`,
    values: [after, limit],
  });
  return rows;
}

/** Adds verdicts that came to hold at an instant; none is ever changed. */
export async function addVerdicts(
  db: Db,
  rows: readonly VerdictRow[],
  policyVersion: number,
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `insert into approval (at, policy_version, update_id, revision_number, verdict, who, why)
     select $1, $2, * from unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[])`,
    [sqlInstant(at), policyVersion, ...columns(rows, ['updateId', 'revisionNumber', 'verdict', 'who', 'why'])],
  );
}

/** A fact about an approval, as lists show it: of the policy, or a person's word. */
export interface ApprovalFact {
  readonly updateId: UpdateId;
  readonly fact: 'verdict' | 'word' | 'ended';
  /** Orders facts of one instant. */
  readonly key: string;
  readonly at: Temporal.Instant;
  /** Null: as the catalogue has it. */
  readonly revisionNumber: number | null;
  readonly verdict: VerdictRow['verdict'];
  readonly level: 'server' | 'customer' | 'all-customers' | 'policy';
  readonly customerId: string | null;
  readonly serverId: string | null;
  /** Null: the server is gone, or none is meant. */
  readonly server: string | null;
  readonly who: string;
  readonly why: string;
  readonly policyVersion: number | null;
  readonly requestedBy: string | null;
  readonly requestedAt: Temporal.Instant | null;
  readonly acceptedBy: string | null;
  readonly acceptance: string | null;
}

/** Where a page ended. */
export interface FactPlace {
  readonly at: Temporal.Instant;
  readonly key: string;
}

const WORD_VERDICT = `case p.decision when 'approve' then 'approve' else 'not-approve' end as verdict`;
const WORD_LEVEL = `case when p.server_id is not null then 'server' when p.customer_id is not null then 'customer'
  else 'all-customers' end as "wordLevel"`;
const WORD_FIELDS = `${WORD_VERDICT}, ${WORD_LEVEL}, p.customer_id as "customerId", p.server_id as "serverId", s.dns_name as server`;
const REQUEST = `p.requested_by as "requestedBy", p.requested_at as "requestedAt", p.accepted_by as "acceptedBy", p.acceptance`;
const NO_REQUEST = `null as "requestedBy", null::timestamptz as "requestedAt", null as "acceptedBy", null as acceptance`;
const FOR_ALL = `a.update_id as "updateId", 'verdict' as fact, 'v' || lpad(a.approval_id::text, 19, '0') as key, a.at,
  a.revision_number as "revisionNumber", a.verdict, null as "wordLevel", null::uuid as "customerId", null::uuid as "serverId",
  null as server, a.who, a.why, a.policy_version as "policyVersion", ${NO_REQUEST}`;
/** Whose verdict for all it was; asked of the rows of a page only. */
const WHOSE = `coalesce(f."wordLevel", case when exists (select from person_decision p where p.update_id = f."updateId"
  and p.customer_id is null and p.at <= f.at and (p.ended_at is null or p.ended_at > f.at)) then 'all-customers' else 'policy' end)`;
const paged = (facts: string, where: string, limit: string) =>
  `select f.*, ${WHOSE} as level from (select * from (${facts}) facts where ${where} order by at desc, key desc limit ${limit}) f
   order by f.at desc, f.key desc`;
const BEFORE = '(($2::timestamptz is null) or (at, key) < ($2, $3))';

/**
 * What held at an instant, the latest first. For one customer: its word in place of what holds for all, and those for its servers
 * besides. Without one: what held for all, and every customer's word besides.
 */
export async function listApprovals(
  db: Db,
  asked: {
    readonly asOf: Temporal.Instant;
    readonly customerId: string | undefined;
    readonly verdict: VerdictRow['verdict'] | undefined;
    readonly after: FactPlace | undefined;
    readonly limit: number;
  },
): Promise<ApprovalFact[]> {
  const { asOf, customerId, verdict, after, limit } = asked;
  const { rows } = await db.query<ApprovalFact>(
    `with words as (
       select p.update_id as "updateId", 'word' as fact, 'w' || p.decision_id as key, p.at, null::int as "revisionNumber",
         ${WORD_FIELDS}, p.who, p.why, p.policy_version as "policyVersion", ${REQUEST}
       from person_decision p left join server s using (server_id)
       where p.customer_id is not null and ($4::uuid is null or p.customer_id = $4)
         and p.at <= $1 and (p.ended_at is null or p.ended_at > $1)),
     latest as (select distinct on (update_id) * from approval where at <= $1 order by update_id, at desc, approval_id desc)
     ${paged(
       `select ${FOR_ALL} from latest a
        where $4::uuid is null or not exists (select from words w where w."updateId" = a.update_id and w."wordLevel" = 'customer')
        union all select * from words`,
       `($5::text is null or verdict = $5) and ${BEFORE}`,
       '$6',
     )}`,
    [sqlInstant(asOf), sqlInstantOrNull(after?.at), after?.key, customerId, verdict, limit],
  );
  return rows;
}

/** Every fact about one update, the latest first: verdicts for all, words, and the ends of words. */
export async function listApprovalHistory(
  db: Db,
  updateId: UpdateId,
  after: FactPlace | undefined,
  limit: number,
): Promise<ApprovalFact[]> {
  const word = (fact: 'word' | 'ended', at: string, who: string, why: string) =>
    `select p.update_id as "updateId", '${fact}' as fact, '${fact}' || p.decision_id as key, ${at} as at,
       null::int as "revisionNumber", ${WORD_FIELDS}, ${who} as who, ${why} as why, p.policy_version as "policyVersion", ${REQUEST}
     from person_decision p left join server s using (server_id) where p.update_id = $1`;
  const { rows } = await db.query<ApprovalFact>(
    paged(
      `select ${FOR_ALL} from approval a where a.update_id = $1
       union all ${word('word', 'p.at', 'p.who', 'p.why')}
       union all ${word('ended', 'p.ended_at', 'p.ended_by', 'p.ended_why')} and p.ended_at is not null`,
      BEFORE,
      '$4',
    ),
    [updateId, sqlInstantOrNull(after?.at), after?.key, limit],
  );
  return rows;
}
