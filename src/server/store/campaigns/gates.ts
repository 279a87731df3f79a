import type { Json } from '#domain/evidence/canonical-json.ts';
import type { GateVerdict, WaveStanding } from '#domain/rollout/campaign.ts';
import type { OwnerTest } from '#domain/rollout/owner-tests.ts';
import type { Place } from '#domain/rollout/promotion-gate.ts';
import { columns, sqlInstant, sqlInstantOrNull, sqlJson } from '#server/store/parameter.ts';
import type { Db } from '#server/store/pool.ts';

/** A gate of a campaign. `wave`: the wave's place from 0; −2, −3, −4: the gates before those release weeks. */
export interface GateRow {
  readonly wave: number;
  readonly standing: WaveStanding;
  /** When those whom the gate names were asked at its time-out, and after it. */
  readonly askedAt?: Temporal.Instant;
  readonly escalatedAt?: Temporal.Instant;
}

/** The number under which a gate is kept. */
export function gateNumber(place: Place): number {
  return place.kind === 'wave' ? place.wave : -place.week;
}

interface Columns {
  readonly wave: number;
  readonly state: WaveStanding['state'];
  readonly openedAt: Temporal.Instant | null;
  readonly passedAt: Temporal.Instant | null;
  readonly metSince: Temporal.Instant | null;
  readonly verdict: GateVerdict | null;
  readonly askedAt: Temporal.Instant | null;
  readonly escalatedAt: Temporal.Instant | null;
}

/** The gates of a campaign, by their numbers. */
export async function listGates(db: Db, campaignId: string): Promise<Map<number, GateRow>> {
  const { rows } = await db.query<Columns>(
    `select wave, state, opened_at as "openedAt", passed_at as "passedAt", met_since as "metSince", verdict,
       asked_at as "askedAt", escalated_at as "escalatedAt" from campaign_wave where campaign_id = $1 order by wave`,
    [campaignId],
  );
  return new Map(rows.map((row) => [row.wave, read(row)]));
}

function read({ wave, state, openedAt, passedAt, metSince, verdict, askedAt, escalatedAt }: Columns): GateRow {
  return {
    wave,
    standing: {
      state,
      ...(openedAt ? { openedAt } : {}),
      ...(passedAt ? { passedAt } : {}),
      ...(metSince ? { metSince } : {}),
      ...(verdict ? { verdict } : {}),
    },
    ...(askedAt ? { askedAt } : {}),
    ...(escalatedAt ? { escalatedAt } : {}),
  };
}

/** Writes gates; those of release weeks that are not among them go, since nothing stands before such a week any more. */
export async function saveGates(db: Db, campaignId: string, gates: readonly GateRow[]): Promise<void> {
  const rows = gates.map(
    ({ wave, standing: { state, openedAt, passedAt, metSince, verdict }, askedAt, escalatedAt }) => ({
      wave,
      state,
      openedAt: sqlInstantOrNull(openedAt),
      passedAt: sqlInstantOrNull(passedAt),
      metSince: sqlInstantOrNull(metSince),
      verdict: verdict ? sqlJson({ ...verdict, figures: { ...verdict.figures } }) : null,
      askedAt: sqlInstantOrNull(askedAt),
      escalatedAt: sqlInstantOrNull(escalatedAt),
    }),
  );
  await db.query(
    `with gone as (delete from campaign_wave where campaign_id = $1 and wave < 0 and wave <> all($2::smallint[]))
     insert into campaign_wave as w (campaign_id, wave, state, opened_at, passed_at, met_since, verdict, asked_at, escalated_at)
     select $1, g.* from unnest($2::smallint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::jsonb[],
       $8::timestamptz[], $9::timestamptz[]) as g (wave, state, opened_at, passed_at, met_since, verdict, asked_at, escalated_at)
     on conflict (campaign_id, wave) do update set state = excluded.state, opened_at = excluded.opened_at,
       passed_at = excluded.passed_at, met_since = excluded.met_since, verdict = excluded.verdict,
       asked_at = excluded.asked_at, escalated_at = excluded.escalated_at`,
    [
      campaignId,
      ...columns(rows, ['wave', 'state', 'openedAt', 'passedAt', 'metSince', 'verdict', 'askedAt', 'escalatedAt']),
    ],
  );
}

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

/** The gates of a campaign to which a person gave the go. */
export async function listGoes(db: Db, campaignId: string): Promise<Set<number>> {
  const { rows } = await db.query<{ wave: number }>(
    `select distinct wave from gate_event where campaign_id = $1 and kind = 'go' and wave is not null`,
    [campaignId],
  );
  return new Set(rows.map(({ wave }) => wave));
}

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
