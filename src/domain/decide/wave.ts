import type { Kind } from '#domain/approval/kinds.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { type Answer, heldBy, reason } from '#domain/decide/answer.ts';
import { identityOf } from '#domain/decide/identity.ts';
import { kindOfUpdate } from '#domain/decide/kind-plan.ts';
import type { Phase } from '#domain/decide/phase.ts';
import type { Asked } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import type { Held, ServerRollout, Turn } from '#domain/rollout/campaign.ts';

/** Is this server's wave open, and is it its turn in its redundancy group and dependency order? */
export function askWave({ server, update, facts, phase, pace }: Asked): Answer {
  const { rollout } = server;
  if (pace.definition) return { question: 'wave', passed: 'Definitions wait for no wave.' };
  const kind = kindOfUpdate(update, facts);
  if (!rollout?.kinds.has(kind)) return { question: 'wave', passed: 'No wave and no order holds it.' };
  const held = waits(rollout, update, phase);
  if (held) return heldBy(reason('wave', held.code, held.text, held.subject));
  const turn = turnOf(rollout, update);
  const since = turn?.state === 'failed' ? 'It failed, and keeps its turn' : 'It was given its turn';
  return { question: 'wave', passed: `${since} in campaign ${turn?.campaign}.` };
}

/** Whether an update of a kind is held from a server by waves or order; definitions never are. */
export function isHeldByWave({ rollout }: ServerFacts, update: Revision, kind: Kind, phase: Phase): boolean {
  return rollout?.kinds.has(kind) === true && waits(rollout, update, phase) !== undefined;
}

/** What waves make of a server: servers with the same key are held alike. */
export function turnKey({ rollout }: ServerFacts): unknown {
  if (!rollout) return 0;
  const turns = rollout.turns.map(({ campaignId, updates, state, windowStart, held }) => [
    campaignId,
    identityOf(updates),
    held ? 'held' : state === 'told' ? String(windowStart) : state,
  ]);
  return [[...rollout.kinds].sort(), turns];
}

type Wait = Omit<Held, 'code'> & { readonly code: Held['code'] | 'wave.no-campaign' };

const NO_CAMPAIGN: Wait = {
  code: 'wave.no-campaign',
  text: 'No campaign has taken it in yet; that happens within minutes where a server with a plan needs it.',
};
const TO_COME: Wait = {
  code: 'wave.not-its-turn',
  text: 'Its turn is still to come; it is given when the offer of its next window begins.',
};

function turnOf({ turns }: ServerRollout, { updateId, revisionNumber }: Revision): Turn | undefined {
  return turns.find(({ updates }) => updates.get(updateId) === revisionNumber);
}

/** A turn is for one window; who failed keeps it until somebody takes it back. */
function waits(rollout: ServerRollout, update: Revision, phase: Phase | undefined): Wait | undefined {
  const turn = turnOf(rollout, update);
  if (!turn) return NO_CAMPAIGN;
  if (turn.held) return turn.held;
  if (turn.state === 'failed') return undefined;
  const { windowStart } = turn;
  if (turn.state !== 'told' || !windowStart) return TO_COME;
  if (phase?.window.start.equals(windowStart)) return undefined;
  const text = `Its turn was for the window of ${windowStart}; the next one is still to come.`;
  return { code: 'wave.not-its-turn', text, subject: turn.campaign };
}
