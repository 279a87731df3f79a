import { isBefore } from '#domain/instants.ts';
import type { GateFigures, GateVerdict } from '#domain/rollout/campaign.ts';
import type { Gate } from '#domain/rollout/rollout-plan.ts';

/** What a gate goes by besides the figures. */
export interface GateTimes {
  readonly openedAt?: Temporal.Instant;
  /** Since when enough servers are verified, as it was last found. */
  readonly metSince?: Temporal.Instant;
  /** A person's go is on record. */
  readonly goGiven: boolean;
}

export interface GateJudgement {
  readonly verdict: GateVerdict;
  /** Since when enough servers are verified; to be given again the next time. */
  readonly metSince?: Temporal.Instant;
  /** When it passes by time alone; absent where a person or another fact is waited for. */
  readonly until?: Temporal.Instant;
}

/**
 * What a gate says at an instant. It fails with more failures than allowed, or when an owner says that it did not work. It passes when
 * all of its conditions hold, and when nobody in the wave needs anything. All else is inconclusive: it waits, and the line says for what.
 */
export function judgeGate(gate: Gate, figures: GateFigures, times: GateTimes, at: Temporal.Instant): GateJudgement {
  const wanted = verifiedWanted(gate, figures);
  const metSince = figures.verified >= wanted ? (times.metSince ?? at) : undefined;
  const kept = metSince ? { metSince } : {};
  const failures = failuresOf(gate, figures);
  if (failures.length > 0) return { verdict: { verdict: 'fail', line: failures.join(', '), figures }, ...kept };
  if (figures.needing === 0) {
    const line = figures.servers === 0 ? 'no servers are placed here' : 'no server here needs any of it';
    return { verdict: { verdict: 'pass', line, figures }, ...kept };
  }
  const count = `${Math.min(figures.verified, wanted)} of ${wanted} verified`;
  const soakEnd = metSince?.add({ hours: gate.soakHours });
  const soak =
    soakEnd && isBefore(at, soakEnd)
      ? { end: soakEnd, text: `soak of ${gate.soakHours} h ends at ${soakEnd.toString({ smallestUnit: 'minute' })}` }
      : undefined;
  const missing = missingOf(gate, figures, times);
  if (metSince && !soak && missing.length === 0) {
    return { verdict: { verdict: 'pass', line: passedLine(gate, figures), figures }, metSince };
  }
  const line = [count, ...(soak ? [soak.text] : []), ...missing].join(', ');
  return {
    verdict: { verdict: 'inconclusive', line, figures },
    ...kept,
    ...(soak && missing.length === 0 ? { until: soak.end } : {}),
  };
}

/** How many servers must be verified: count and share, of a wave smaller than the count all of its servers. */
function verifiedWanted({ minVerified, minPercent }: Gate, { needing }: GateFigures): number {
  return Math.max(Math.min(minVerified, needing), Math.ceil((minPercent * needing) / 100));
}

function failuresOf({ maxFailures }: Gate, { failed, didNot }: GateFigures): string[] {
  const texts: string[] = [];
  if (failed > maxFailures) texts.push(`${failed} failed, ${maxFailures} allowed`);
  if (didNot > 0)
    texts.push(didNot === 1 ? 'an owner says that it did not work' : `${didNot} owners say that it did not work`);
  return texts;
}

/** What only a person or a new fact can bring, beside the count. */
function missingOf(gate: Gate, figures: GateFigures, { goGiven }: GateTimes): string[] {
  const { incidents, worked, cannotTell, owners, ownersWorked } = figures;
  const texts: string[] = [];
  if (gate.noIncident && incidents > 0)
    texts.push(incidents === 1 ? 'an incident is open' : `${incidents} incidents are open`);
  const unsure = cannotTell > 0 ? ` (${cannotTell} cannot tell)` : '';
  if (gate.ownerTest === 'one' && worked === 0) texts.push(`no owner says yet that it works${unsure}`);
  if (gate.ownerTest === 'each-owner' && ownersWorked < owners)
    texts.push(`${ownersWorked} of ${owners} owners say that it works${unsure}`);
  if (gate.go && !goGiven) texts.push("a person's go is missing");
  return texts;
}

function passedLine({ ownerTest, go }: Gate, { verified, needing, failed, worked }: GateFigures): string {
  return [
    `${verified} of ${needing} verified`,
    `${failed} failed`,
    ...(ownerTest === 'none' ? [] : [`owners who say that it works: ${worked}`]),
    ...(go ? ["a person's go"] : []),
  ].join(', ');
}
