import { offerTimes } from '#domain/calendar/offer-times.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Answer } from '#domain/decide/answer.ts';
import { deadlineOf } from '#domain/decide/deadline.ts';
import { type Decision, QUESTIONS, type Question, type Reason } from '#domain/decide/decision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { forUpdate } from '#domain/decide/kind-plan.ts';
import { serverPhase } from '#domain/decide/phase.ts';
import {
  type Asked,
  askApproval,
  askCatalogue,
  askException,
  asking,
  askLicenceAndPayload,
  askMode,
  askRelease,
  askWindow,
} from '#domain/decide/questions.ts';
import { askReadiness } from '#domain/decide/readiness.ts';
import { successorsOf } from '#domain/decide/standing.ts';
import { askWave } from '#domain/decide/wave.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';

/** The questions that are asked today. The others of `QUESTIONS` have their place in the order and join by one line here. */
const ASK: { readonly [question in Question]?: (asked: Asked) => Answer } = {
  catalogue: askCatalogue,
  approval: askApproval,
  'licence-payload': askLicenceAndPayload,
  exception: askException,
  mode: askMode,
  release: askRelease,
  wave: askWave,
  readiness: askReadiness,
  window: askWindow,
};

/** A decision with the answer to every question that was asked, in their order. */
export interface Explanation {
  readonly decision: Decision;
  readonly answers: readonly Answer[];
}

/**
 * Is this server offered this revision at this instant? Pure: facts and an instant in, an answer that explains itself out. The only
 * place that decides; the update protocol, the API, the forecast and the simulator all come here, or to its form over sets
 * (`deploymentSet`), which a property test holds to the same answers.
 */
export function decide(server: ServerFacts, update: Revision, facts: Facts, at: Temporal.Instant): Decision {
  return explain(server, update, facts, at).decision;
}

/** The same, with what each question answered: the substance of `why`. */
export function explain(server: ServerFacts, update: Revision, facts: Facts, at: Temporal.Instant): Explanation {
  const asked = askingNow(server, update, facts, at);
  const answers = ask(asked);
  const successor = standsBackFor(asked, server);
  const settled = successor ? withSuperseded(answers, successor) : answers;
  return { decision: conclude(asked, settled), answers: settled };
}

function ask(asked: Asked): Answer[] {
  return QUESTIONS.flatMap((question) => ASK[question]?.(asked) ?? []);
}

/** The subject of the questions, with the plan of the update's kind; `like`: what was asked at the same instant of the same server. */
function askingNow(server: ServerFacts, update: Revision, facts: Facts, at: Temporal.Instant, like?: Asked): Asked {
  const own = forUpdate(server, update, facts);
  const phase = like?.server.plan === own.plan ? like?.phase : serverPhase(own, at);
  return asking({ server: own, update, facts, at }, phase);
}

function isHeld(asked: Asked): boolean {
  return ask(asked).some((answer) => answer.held);
}

/**
 * The successor for which this update stands back: one that is reported installed on this server, or that is offered to it now. An
 * update is never withdrawn in favour of a successor that is itself held. Two updates that replace each other (a cycle in the
 * metadata) do not count against one another.
 */
function standsBackFor(asked: Asked, server: ServerFacts): Revision | undefined {
  const { update, facts, at } = asked;
  for (const id of successorsOf(update, facts)) {
    const successor = facts.catalogue.latest(id);
    if (successor && (server.installed.has(id) || !isHeld(askingNow(server, successor, facts, at, asked))))
      return successor;
  }
  return undefined;
}

function withSuperseded(answers: readonly Answer[], successor: Revision): Answer[] {
  const held: Reason = {
    question: 'catalogue',
    code: 'catalogue.superseded',
    text: `"${successor.title}" replaces it and is offered to, or installed on, this server.`,
    subject: successor.updateId,
  };
  return answers.map((answer) =>
    answer.question === 'catalogue' ? { question: 'catalogue', held: [held, ...(answer.held ?? [])] } : answer,
  );
}

function conclude(asked: Asked, answers: readonly Answer[]): Decision {
  const [first, ...others] = answers.flatMap((answer) => answer.held ?? []);
  if (first) return { offered: false, reasons: [first, ...others], ...latestUntil([first, ...others]) };
  const { server, update, phase, pace } = asked;
  if (!server.plan || !phase) throw new Error('a server without a plan was not held back');
  const approvedBy = answers.find((answer) => answer.question === 'approval')?.by ?? '';
  const past = server.failed.has(update.updateId)
    ? undefined
    : deadlineOf(pace, update, server.plan, server.zone, phase);
  const deadline = past ? { deadline: past } : {};
  const { name, window } = phase;
  if (name === 'window') {
    return {
      offered: true,
      phase: name,
      ...deadline,
      window,
      until: offerTimes(server.plan, window).lastOffer,
      approvedBy,
    };
  }
  if (name === 'catch-up') return { offered: true, phase: name, ...deadline, window, until: phase.until, approvedBy };
  if (pace.definition) return { offered: true, phase: 'always', ...deadline, approvedBy };
  return {
    offered: true,
    phase: 'lead',
    ...deadline,
    window,
    until: offerTimes(server.plan, window).lastOffer,
    approvedBy,
  };
}

/** Time alone lifts a hold only when it lifts every reason; then the latest of them is the instant. */
function latestUntil(reasons: readonly Reason[]): { until?: Temporal.Instant } {
  let latest: Temporal.Instant | undefined;
  for (const { until } of reasons) {
    if (!until) return {};
    if (!latest || isBefore(latest, until)) latest = until;
  }
  return latest ? { until: latest } : {};
}
