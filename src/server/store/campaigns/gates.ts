import type { GateVerdict, WaveStanding } from '#domain/rollout/campaign.ts';
import type { Place } from '#domain/rollout/promotion-gate.ts';
import { columns, sqlInstantOrNull, sqlJson } from '#server/store/parameter.ts';
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
