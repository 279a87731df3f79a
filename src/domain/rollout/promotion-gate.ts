import { isBefore } from '#domain/instants.ts';
import type { GateFigures, GateVerdict, WaveStanding } from '#domain/rollout/campaign.ts';
import { type GateJudgement, judgeGate } from '#domain/rollout/gate.ts';
import type { Gate } from '#domain/rollout/rollout-plan.ts';

/** What a gate goes by. */
export interface WaveEvidence {
  readonly figures: GateFigures;
  /** A person's go is on record. */
  readonly goGiven: boolean;
}

/** The gate behind a wave, by the wave's place from 0; or the gate before a release week. */
export type Place = { readonly kind: 'wave'; readonly wave: number } | { readonly kind: 'week'; readonly week: number };

/** What came about, for the record. */
export interface PromotionChange {
  readonly kind: 'wave-opened' | 'gate-passed' | 'gate-failed' | 'sealed' | 'finished';
  /** Absent: the campaign as a whole. */
  readonly place?: Place;
  readonly line: string;
}

/** Somebody is to be asked, if that was not done yet. */
export interface Ask {
  readonly kind: 'time-out' | 'escalation' | 'failed';
  readonly place: Place;
  /** Mail addresses. */
  readonly to: readonly string[];
  /** Since when. */
  readonly due: Temporal.Instant;
  readonly line: string;
}

/** One gate of a campaign, with what is known of it. */
export interface PlacedGate {
  readonly place: Place;
  readonly title: string;
  readonly gate: Gate;
  readonly standing: WaveStanding;
  readonly evidence: WaveEvidence;
  /** It does not pass yet, whatever its verdict is. */
  readonly waits: boolean;
}

/** How a gate stands after it was asked. */
export interface Moved {
  readonly standing: WaveStanding;
  readonly changes: readonly PromotionChange[];
  readonly asks: readonly Ask[];
}

/**
 * Opens a gate's wave where it is not open, and asks the gate. A wave that has passed stays so, but can fail for what is found in it
 * later. What a gate failed on before, and a person let pass by a resumption, is not held against it again; it does not pass with it
 * either. Of that only what is still there is let be: a server that was repaired makes no room for another to fail.
 */
export function moveGate(placed: PlacedGate, at: Temporal.Instant): Moved {
  const { gate, standing, evidence } = placed;
  const openedAt = standing.openedAt ?? at;
  const judgement = judgeGate(gate, evidence.figures, { ...standing, openedAt, goGiven: evidence.goGiven }, at);
  if (judgement.verdict.verdict === 'fail' && isAccepted(standing, evidence.figures))
    return unmoved(letBe(standing, judgement));
  if (standing.state === 'passed') return moveOn(placed, judgement.verdict, at);
  const moved = moveOpen(placed, judgement, openedAt, at);
  if (standing.state === 'open' || placed.place.kind === 'week') return moved;
  const opened: PromotionChange = { kind: 'wave-opened', place: placed.place, line: `${placed.title} is open` };
  return { ...moved, changes: [opened, ...moved.changes] };
}

export function unmoved(standing: WaveStanding): Moved {
  return { standing, changes: [], asks: [] };
}

function moveOpen(
  placed: PlacedGate,
  judgement: GateJudgement,
  openedAt: Temporal.Instant,
  at: Temporal.Instant,
): Moved {
  const { place, title, gate, waits } = placed;
  const { verdict, metSince } = judgement;
  const open: WaveStanding = { state: 'open', openedAt, verdict, ...(metSince ? { metSince } : {}) };
  if (verdict.verdict === 'fail') return { standing: open, ...failure(placed, verdict, at) };
  if (verdict.verdict === 'inconclusive')
    return { standing: open, changes: [], asks: asksOf(gate, place, openedAt, verdict.line, at) };
  if (waits) return unmoved(open);
  const passed: PromotionChange = { kind: 'gate-passed', place, line: `${title}: ${verdict.line}` };
  return { standing: { ...open, state: 'passed', passedAt: at }, changes: [passed], asks: [] };
}

/** A wave that has passed: what it leads to is open, so only a failure changes anything, and the end of one. */
function moveOn(placed: PlacedGate, verdict: GateVerdict, at: Temporal.Instant): Moved {
  const { standing, place } = placed;
  if (place.kind === 'week') return unmoved(standing);
  if (verdict.verdict === 'fail') return { standing: { ...standing, verdict }, ...failure(placed, verdict, at) };
  return unmoved(standing.verdict?.verdict === 'fail' ? { ...standing, verdict } : standing);
}

function failure(
  { place, title, gate }: PlacedGate,
  { line }: GateVerdict,
  at: Temporal.Instant,
): Omit<Moved, 'standing'> {
  return {
    changes: [{ kind: 'gate-failed', place, line: `${title}: ${line}` }],
    asks: [{ kind: 'failed', place, to: gate.tell, due: at, line }],
  };
}

/** The gate failed before on as much, and a person resumed the campaign all the same. */
function isAccepted({ verdict }: WaveStanding, { failed, didNot }: GateFigures): boolean {
  return verdict?.verdict === 'fail' && failed <= verdict.figures.failed && didNot <= verdict.figures.didNot;
}

/** It soaks and loses its count meanwhile as any other. */
function letBe({ metSince: _, ...standing }: WaveStanding, { verdict, metSince }: GateJudgement): WaveStanding {
  return { ...standing, verdict, ...(metSince ? { metSince } : {}) };
}

function asksOf(gate: Gate, place: Place, openedAt: Temporal.Instant, line: string, at: Temporal.Instant): Ask[] {
  if (gate.timeoutHours === undefined) return [];
  const timeout = openedAt.add({ hours: gate.timeoutHours });
  const asks: Ask[] = [{ kind: 'time-out', place, to: gate.tell, due: timeout, line }];
  if (gate.escalation) {
    const due = timeout.add({ hours: gate.escalation.afterHours });
    asks.push({ kind: 'escalation', place, to: gate.escalation.to, due, line });
  }
  return asks.filter(({ due }) => !isBefore(at, due));
}
