import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { CampaignState } from '#domain/rollout/campaign.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { columns, sqlInstant, sqlInstantOrNull, sqlJson } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';
import { plainRolloutPlan } from '#server/store/rollout-plans.ts';

/** A campaign as it is kept; its set, gates and members aside. */
export interface CampaignRow {
  readonly campaignId: string;
  readonly customerId: string;
  readonly cycle: string;
  readonly number: number;
  /** Null: only order, for a customer without waves. */
  readonly planVersion: number | null;
  /** The plan as it is followed. */
  readonly plan: RolloutPlan;
  readonly state: CampaignState;
  /** The state to which a resumption returns; of a stopped one. */
  readonly beforeStop: CampaignState | null;
  readonly openedAt: Temporal.Instant;
  readonly sealedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  readonly stoppedAt: Temporal.Instant | null;
  readonly stoppedBy: string | null;
  readonly stoppedWhy: string | null;
  readonly setVersion: number;
  /** The version of facts and inventory that its members were placed by; −1: to be placed anew. */
  readonly placedFor: number;
  /** A pass over its customer's servers that goes on behind this one; null: none is under way. */
  readonly placing: { readonly version: number; readonly dnsName: string; readonly serverId: string } | null;
}

/** The states in which a campaign holds and serves: it is under way. */
export const UNDER_WAY = `('gathering', 'promoting', 'stopped')`;

const FIELDS = `c.campaign_id as "campaignId", c.customer_id as "customerId", c.cycle, c.number, c.plan_version as "planVersion",
  c.definition as plan, c.state, c.before_stop as "beforeStop", c.opened_at as "openedAt", c.sealed_at as "sealedAt",
  c.ended_at as "endedAt", c.stopped_at as "stoppedAt", c.stopped_by as "stoppedBy", c.stopped_why as "stoppedWhy",
  c.set_version as "setVersion", c.placed_for as "placedFor", c.placed_up_to as "placing"`;

/** How people call a campaign, e.g. `2025-10 #1`. */
export function campaignLabel({ cycle, number }: Pick<CampaignRow, 'cycle' | 'number'>): string {
  return `${cycle} #${number}`;
}

/**
 * One process at a time moves the campaigns of a customer: groups reach over all of them. False when another one does it now; the lock
 * goes with the transaction.
 */
export async function tryLockCustomer(db: Db, customerId: string): Promise<boolean> {
  const { rows } = await db.query<{ mine: boolean }>(
    "select pg_try_advisory_xact_lock(hashtextextended('campaigns ' || $1, 0)) as mine",
    [customerId],
  );
  return rows[0]?.mine === true;
}

/**
 * Campaigns of a customer that are under way, the oldest first, locked. Waits for who changes one of them now: what is in a set that was
 * left out would be gathered a second time.
 */
export async function lockUnderWay(db: Db, customerId: string): Promise<CampaignRow[]> {
  const { rows } = await db.query<CampaignRow>(
    `select ${FIELDS} from campaign c where c.customer_id = $1 and c.state in ${UNDER_WAY}
     order by c.opened_at, c.campaign_id for update`,
    [customerId],
  );
  return rows;
}

/** Ids of a customer's campaigns that are under way, the oldest first. */
export async function listUnderWay(db: Db, customerId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select campaign_id as id from campaign where customer_id = $1 and state in ${UNDER_WAY} order by opened_at, campaign_id`,
    [customerId],
  );
  return rows.map(({ id }) => id);
}

/** Customers with campaigns that are under way. */
export async function listCustomersUnderWay(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select distinct customer_id as id from campaign where state in ${UNDER_WAY}`,
  );
  return rows.map(({ id }) => id);
}

/** One campaign, locked; undefined when there is none, or, with `skip`, when somebody else has locked it. */
export async function lockCampaign(db: Db, campaignId: string, skip = false): Promise<CampaignRow | undefined> {
  const { rows } = await db.query<CampaignRow>(
    `select ${FIELDS} from campaign c where c.campaign_id = $1 for update ${skip ? 'skip locked' : ''}`,
    [campaignId],
  );
  return rows[0];
}

export async function findCampaign(db: Db, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await db.query<CampaignRow>(`select ${FIELDS} from campaign c where c.campaign_id = $1`, [
    campaignId,
  ]);
  return rows[0];
}

/** The campaigns of all customers that are called by a cycle and number; at most 20. */
export async function listCampaignsCalled(db: Db, cycle: string, number: number): Promise<CampaignRow[]> {
  const { rows } = await db.query<CampaignRow>(
    `select ${FIELDS} from campaign c where c.cycle = $1 and c.number = $2 order by c.campaign_id limit 20`,
    [cycle, number],
  );
  return rows;
}

/** What a page of campaigns is asked for by. */
export interface CampaignQuery {
  readonly customerId: string | undefined;
  /** Only those that are under way. */
  readonly underWay: boolean;
  readonly after: Pick<CampaignRow, 'openedAt' | 'campaignId'> | undefined;
  readonly limit: number;
}

/** Campaigns, the latest first. */
export async function pageOfCampaigns(db: Db, query: CampaignQuery): Promise<CampaignRow[]> {
  const { customerId, underWay, after, limit } = query;
  const { rows } = await db.query<CampaignRow>(
    `select ${FIELDS} from campaign c where ($1::uuid is null or c.customer_id = $1) and (not $2 or c.state in ${UNDER_WAY})
       and ($3::timestamptz is null or (c.opened_at, c.campaign_id) < ($3, $4::uuid))
     order by c.opened_at desc, c.campaign_id desc limit $5`,
    [customerId, underWay, sqlInstantOrNull(after?.openedAt), after?.campaignId, limit],
  );
  return rows;
}

/** Opens a campaign with the next number of its cycle; its gates wait, and it has no update yet. Returns its row. */
export async function openCampaign(
  db: Db,
  campaign: Pick<CampaignRow, 'campaignId' | 'customerId' | 'cycle' | 'planVersion' | 'plan' | 'openedAt'>,
): Promise<CampaignRow> {
  const { campaignId, customerId, cycle, planVersion, plan, openedAt } = campaign;
  const { rows } = await db.query<CampaignRow>(
    `with c as (
       insert into campaign (campaign_id, customer_id, cycle, number, plan_version, definition, state, opened_at)
       select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, 'gathering', $6 from campaign
       where customer_id = $2 and cycle = $3 returning *),
     w as (
       insert into campaign_wave (campaign_id, wave, state) select $1, wave, 'waiting' from generate_series(0, $7 - 1) as wave)
     select ${FIELDS} from c`,
    [
      campaignId,
      customerId,
      cycle,
      planVersion,
      sqlJson(plainRolloutPlan(plan)),
      sqlInstant(openedAt),
      plan.waves.length,
    ],
  );
  if (!rows[0]) throw new Error('a campaign was not opened');
  return rows[0];
}

/** An update of a campaign's set. */
export interface CampaignUpdate {
  readonly updateId: UpdateId;
  readonly revisionNumber: number;
}

/**
 * Puts updates into a set, or another revision in the place of the one there; members are placed anew. A revision that installs the `same`
 * as before has been in the set as long as that one.
 */
export async function growSet(
  db: Db,
  campaignId: string,
  updates: readonly CampaignUpdate[],
  same: readonly UpdateId[],
  at: Temporal.Instant,
): Promise<void> {
  await db.query(
    `with added as (
       insert into campaign_update as before (campaign_id, update_id, revision_number, added_at)
       select $1, u.*, $4::timestamptz from unnest($2::uuid[], $3::int[]) as u
       on conflict (campaign_id, update_id) do update set revision_number = excluded.revision_number,
         added_at = case when before.update_id = any($5::uuid[]) then before.added_at else excluded.added_at end)
     update campaign set set_version = set_version + 1, placed_for = -1, placed_up_to = null where campaign_id = $1`,
    [campaignId, ...columns(updates, ['updateId', 'revisionNumber']), sqlInstant(at), same],
  );
}

/** An update of a set, and when it joined. */
export interface SetRow extends CampaignUpdate {
  readonly campaignId: string;
  readonly addedAt: Temporal.Instant;
}

/** The sets of campaigns. */
export async function listSets(db: Db, campaignIds: readonly string[]): Promise<SetRow[]> {
  const { rows } = await db.query<SetRow>(
    `select campaign_id as "campaignId", update_id as "updateId", revision_number as "revisionNumber", added_at as "addedAt"
     from campaign_update where campaign_id = any($1::uuid[]) order by added_at, update_id`,
    [campaignIds],
  );
  return rows;
}

/** Writes where a campaign stands. */
export async function saveCampaign(
  db: Db,
  campaign: Pick<
    CampaignRow,
    | 'campaignId'
    | 'state'
    | 'beforeStop'
    | 'sealedAt'
    | 'endedAt'
    | 'stoppedAt'
    | 'stoppedBy'
    | 'stoppedWhy'
    | 'placedFor'
    | 'placing'
  >,
): Promise<void> {
  const { campaignId, state, beforeStop, sealedAt, endedAt, stoppedAt, stoppedBy, stoppedWhy, placedFor } = campaign;
  const placing = campaign.placing && sqlJson({ ...campaign.placing });
  await db.query(
    `update campaign set state = $2, before_stop = $3, sealed_at = $4, ended_at = $5, stopped_at = $6, stopped_by = $7,
       stopped_why = $8, placed_for = $9, placed_up_to = $10 where campaign_id = $1`,
    [
      ...[campaignId, state, beforeStop, sealedAt && sqlInstant(sealedAt), endedAt && sqlInstant(endedAt)],
      ...[stoppedAt && sqlInstant(stoppedAt), stoppedBy, stoppedWhy, placedFor, placing],
    ],
  );
}
