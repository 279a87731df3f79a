import type { CampaignState, Held, HeldCode, MemberState, WaveStanding } from '#domain/rollout/campaign.ts';
import { silenceOf } from '#domain/rollout/silence.ts';
import { UNDER_WAY } from '#server/store/campaigns/campaigns.ts';
import type { Db } from '#server/store/pool.ts';

/** A server's place in one campaign that is under way. */
export interface TurnRow {
  readonly campaignId: string;
  /** For people, e.g. `2025-10 #1`. */
  readonly label: string;
  /** Which state of the campaign's set: see `campaignSets`. */
  readonly setVersion: number;
  readonly state: MemberState;
  /** Of told and failed: the beginning of the window that it was told for. */
  readonly windowStart?: Temporal.Instant;
  /** When it was told to start; of told and failed. */
  readonly toldAt?: Temporal.Instant;
  /** Why it has no turn. A stopped campaign holds those that were told, too. */
  readonly held?: Held;
}

interface Columns {
  readonly serverId: string;
  readonly campaignId: string;
  readonly label: string;
  readonly setVersion: number;
  readonly state: MemberState;
  readonly windowStart: Temporal.Instant | null;
  readonly toldAt: Temporal.Instant | null;
  readonly campaignState: CampaignState;
  readonly stoppedBy: string | null;
  readonly stoppedWhy: string | null;
  readonly wave: number | null;
  readonly waveName: string | null;
  readonly waveState: WaveStanding['state'] | null;
  /** Of the first wave whose gate has not passed. */
  readonly gateName: string | null;
  readonly gateLine: string | null;
  readonly releaseWeek: number;
  readonly weekState: WaveStanding['state'] | null;
  readonly weekLine: string | null;
  readonly heldCode: HeldCode | null;
  readonly heldText: string | null;
  readonly heldSubject: string | null;
  readonly lastSeen: Temporal.Instant;
  readonly settingsAt: Temporal.Instant | null;
}

/**
 * The places of these servers in their customers' campaigns that are under way, with what holds them at an instant; none for a server that
 * is in no campaign.
 */
export async function listTurns(
  db: Db,
  serverIds: readonly string[],
  at: Temporal.Instant,
): Promise<Map<string, readonly TurnRow[]>> {
  const { rows } = await db.query<Columns>({
    name: 'list-turns',
    text: `select m.server_id as "serverId", c.campaign_id as "campaignId", c.cycle || ' #' || c.number as label,
             c.set_version as "setVersion", m.state, m.window_start as "windowStart", m.told_at as "toldAt",
             c.state as "campaignState", c.stopped_by as "stoppedBy", c.stopped_why as "stoppedWhy",
             m.wave, c.definition->'waves'->m.wave::int->>'title' as "waveName", w.state as "waveState",
             c.definition->'waves'->g.wave::int->>'title' as "gateName", g.line as "gateLine",
             m.release_week as "releaseWeek", k.state as "weekState", k.verdict->>'line' as "weekLine",
             m.held_code as "heldCode", m.held_text as "heldText", m.held_subject as "heldSubject",
             s.last_seen as "lastSeen", s.settings_at as "settingsAt"
           from server s join campaign c on c.customer_id = s.customer_id and c.state in ${UNDER_WAY}
           join campaign_server m on m.campaign_id = c.campaign_id and m.server_id = s.server_id
           left join campaign_wave w on w.campaign_id = c.campaign_id and w.wave = m.wave
           left join campaign_wave k on k.campaign_id = c.campaign_id and k.wave = -m.release_week
           left join lateral (select e.wave, e.verdict->>'line' as line from campaign_wave e
             where e.campaign_id = c.campaign_id and e.wave between 0 and m.wave - 1 and e.state <> 'passed'
             order by e.wave limit 1) g on w.state = 'waiting'
           where s.server_id = any($1::uuid[]) order by m.server_id, c.opened_at, c.campaign_id`,
    values: [serverIds],
  });
  const turns = Map.groupBy(rows, ({ serverId }) => serverId);
  return new Map([...turns].map(([serverId, all]) => [serverId, all.map((row) => read(row, at))]));
}

function read(row: Columns, at: Temporal.Instant): TurnRow {
  const { campaignId, label, setVersion, state, windowStart, toldAt } = row;
  const held = holdOf(row, at);
  return {
    campaignId,
    label,
    setVersion,
    state,
    ...(windowStart ? { windowStart } : {}),
    ...(toldAt ? { toldAt } : {}),
    ...(held ? { held } : {}),
  };
}

/** What holds a member, the widest reason first. */
function holdOf(row: Columns, at: Temporal.Instant): Held | undefined {
  const { label, campaignId, state } = row;
  if (row.campaignState === 'stopped') {
    const text = `${row.stoppedBy} stopped the campaign ${label}: ${row.stoppedWhy}`;
    return { code: 'wave.stopped', text, subject: campaignId };
  }
  if (state === 'told' || state === 'failed') return undefined;
  if (row.wave === null) {
    return { code: 'wave.unplaced', text: 'No rule of the rollout plan places this server in a wave.', subject: label };
  }
  if (row.waveState === 'waiting') {
    const before = row.gateName === null ? 'the wave before it' : `the gate of "${row.gateName}"`;
    const text = `Its wave, "${row.waveName}", waits for ${before}: ${row.gateLine ?? 'nothing is known of it yet.'}`;
    return { code: 'wave.not-open', text, ...(row.waveName === null ? {} : { subject: row.waveName }) };
  }
  if (row.weekState !== null && row.weekState !== 'passed') {
    const text = `Release week ${row.releaseWeek} waits for the earlier weeks: ${row.weekLine ?? 'nothing is known of them yet.'}`;
    return { code: 'wave.week-not-open', text, subject: `week ${row.releaseWeek}` };
  }
  if (row.heldCode !== null && row.heldText !== null) {
    const subject = row.heldSubject === null ? {} : { subject: row.heldSubject };
    return { code: row.heldCode, text: row.heldText, ...subject };
  }
  const text = `It has no turn in ${label} yet: one is given when the offer for its next window begins.`;
  return { code: 'wave.not-its-turn', text: silenceOf(row, at) ?? text, subject: label };
}
