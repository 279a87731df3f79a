import { notHeld } from '#domain/calendar/held-windows.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { type Answer, answer, reason } from '#domain/decide/answer.ts';
import type { Reason } from '#domain/decide/decision.ts';
import { offersIn } from '#domain/decide/phase.ts';
import type { Asked } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { readinessFindings } from '#domain/readiness/readiness.ts';

/** Is there what a restore needs, is the server in a state to be patched, and does no freeze stand against it? */
export function askReadiness(asked: Asked): Answer {
  const { server, update, at, pace } = asked;
  if (pace.definition) return { question: 'readiness', passed: 'Definitions ask for nothing.' };
  const findings = readinessFindings(server, update.updateId, at).map(({ code, text, subject }) =>
    reason('readiness', code, text, subject),
  );
  const passed = server.readiness ? 'Everything that its tier demands is there.' : 'Nothing is demanded of it.';
  return answer('readiness', [...findings, ...frozen(asked)], passed);
}

/** A window that a freeze or the server's own hours take away: the window's question holds already, this says why. */
function frozen({ server: { plan, zone }, phase, at }: Asked): Reason[] {
  if (!plan?.calendar || !phase || offersIn(phase)) return [];
  const gone = notHeld(plan, zone, at);
  if (!gone) return [];
  const span = `${gone.window.start} to ${gone.window.end}`;
  if (gone.by === 'hours')
    return [reason('readiness', 'readiness.own-hours', `The window ${span} leaves the server's own hours.`)];
  const { name, freezeId } = gone.by;
  return [reason('readiness', 'readiness.freeze', `The freeze "${name}" takes the window ${span}.`, freezeId)];
}

/** Updates that a ready server is not offered because they failed on it too often. */
export function failedTooOften(server: ServerFacts, at: Temporal.Instant): ReadonlySet<UpdateId> {
  const failures = server.readiness?.failures.keys() ?? [];
  return new Set([...failures].filter((id) => readinessFindings(server, id, at).length > 0));
}
