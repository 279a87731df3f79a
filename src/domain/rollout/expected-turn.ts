import type { HeldCode, ServerRollout, Turn } from '#domain/rollout/campaign.ts';

/** Holds that can end by themselves before a window is over: others have their turn first. */
const PASSING: ReadonlySet<HeldCode> = new Set([
  'wave.seats',
  'wave.not-its-turn',
  'wave.hook',
  'order.group',
  'order.dependency',
  'order.own-night',
]);

/** What waves and order will say if every turn that may still come for a window comes: whoever is told ahead must be told of it too. */
export function withExpectedTurns(rollout: ServerRollout, windowStart: Temporal.Instant): ServerRollout {
  return { ...rollout, turns: rollout.turns.map((turn) => expected(turn, windowStart)) };
}

function expected(turn: Turn, windowStart: Temporal.Instant): Turn {
  const { held, ...free } = turn;
  if (turn.state !== 'waiting' || (held && !PASSING.has(held.code))) return turn;
  return { ...free, state: 'told', windowStart };
}
