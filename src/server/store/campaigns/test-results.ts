import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { OwnerTest } from '#domain/rollout/owner-tests.ts';
import { sqlInstant } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** An owner's word on how a set works on the servers of a wave. */
export interface TestResultRow extends OwnerTest {
  readonly testResultId: string;
  readonly campaignId: string;
  readonly wave: number;
  /** On which Windows builds. */
  readonly builds: readonly number[];
  readonly note: string;
  /** Who put it on record. */
  readonly who: string;
}

const TEST_FIELDS = `test_result_id as "testResultId", campaign_id as "campaignId", wave, owner, result, builds, note, who, at`;

export async function addTestResult(db: Db, row: TestResultRow): Promise<void> {
  const { testResultId, campaignId, wave, owner, result, builds, note, who, at } = row;
  await db.query(
    `insert into test_result (test_result_id, campaign_id, wave, owner, result, builds, note, who, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [testResultId, campaignId, wave, owner, result, builds, note, who, sqlInstant(at)],
  );
}

/** Each owner's latest words in a campaign, one a wave, in the order in which they came. */
export async function listTestResults(db: Db, campaignId: string): Promise<TestResultRow[]> {
  const { rows } = await db.query<TestResultRow>(
    `select * from (select distinct on (wave, owner) ${TEST_FIELDS} from test_result where campaign_id = $1
       order by wave, owner, test_result.at desc, test_result_id desc) latest order by at, "testResultId"`,
    [campaignId],
  );
  return rows;
}

/** An owner's word on a set with a certain update in it. */
export interface UpdateTestRow extends TestResultRow {
  readonly customerId: string;
  readonly cycle: string;
  readonly number: number;
}

/** The owners' words on the sets that an update was in when they spoke, the latest first, at most `limit`. */
export async function listTestsOfUpdate(db: Db, updateId: UpdateId, limit: number): Promise<UpdateTestRow[]> {
  const { rows } = await db.query<UpdateTestRow>(
    `select t.*, c.customer_id as "customerId", c.cycle, c.number
     from (select ${TEST_FIELDS} from test_result) t join campaign c on c.campaign_id = t."campaignId"
     join campaign_update u on u.campaign_id = c.campaign_id and u.update_id = $1 and u.added_at <= t.at
     order by t.at desc, t."testResultId" desc limit $2`,
    [updateId, limit],
  );
  return rows;
}

/** How many owners' words there are on an update. */
export interface TestCounts {
  readonly worked: number;
  readonly didNot: number;
  readonly cannotTell: number;
}

/** The same for several updates, counted as it was at an instant; of one customer or of all. */
export async function countTestsOfUpdates(
  db: Db,
  updateIds: readonly UpdateId[],
  customerId: string | undefined,
  asOf: Temporal.Instant,
): Promise<Map<UpdateId, TestCounts>> {
  const { rows } = await db.query<TestCounts & { readonly updateId: UpdateId }>(
    `select u.update_id as "updateId", count(*) filter (where t.result = 'worked') as worked,
       count(*) filter (where t.result = 'did-not') as "didNot", count(*) filter (where t.result = 'cannot-tell') as "cannotTell"
     from campaign_update u join campaign c using (campaign_id) join test_result t using (campaign_id)
     where u.update_id = any($1::uuid[]) and ($2::uuid is null or c.customer_id = $2) and t.at between u.added_at and $3
     group by u.update_id`,
    [updateIds, customerId, sqlInstant(asOf)],
  );
  return new Map(rows.map(({ updateId, ...counts }) => [updateId, counts]));
}
