import { approve } from '#domain/approval/approve.ts';
import { type Approval, approvalOf } from '#domain/approval/person.ts';
import { updateClass } from '#domain/approval/update-class.ts';
import { releaseAt } from '#domain/calendar/release-week.ts';
import { isDeployable } from '#domain/catalogue/index-catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { type Answer, answer, heldBy, reason } from '#domain/decide/answer.ts';
import type { Pace } from '#domain/decide/deadline.ts';
import type { Reason, ReasonCode } from '#domain/decide/decision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { offerFrom, offersIn, type Phase } from '#domain/decide/phase.ts';
import { pauseAt } from '#domain/exception/hold.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';

/** One server, one latest revision, one instant. */
interface Subject {
  readonly server: ServerFacts;
  readonly update: Revision;
  readonly facts: Facts;
  readonly at: Temporal.Instant;
}

/** What the questions are asked about, with what several of them look at. */
export interface Asked extends Subject {
  /** Absent without a plan. */
  readonly phase: Phase | undefined;
  readonly approval: CurrentApproval;
  readonly pace: Pace;
}

/** An approval; `until`: when it changes by the update's age alone. */
type CurrentApproval = Approval & { readonly until?: Temporal.Instant };

/** The subject of the questions; without a phase where only those that the window does not matter to are asked. */
export function asking(subject: Subject, phase?: Phase): Asked {
  return { ...subject, phase, approval: approvalFor(subject), pace: paceOf(subject.update, subject.facts) };
}

/** Is the revision published, the latest, not expired, not declined, and something that can be deployed by itself? */
export function askCatalogue({ update, facts: { catalogue }, at, approval }: Asked): Answer {
  const held: Reason[] = [];
  const hold = (code: ReasonCode, text: string, subject?: string, until?: Temporal.Instant): void =>
    void held.push(reason('catalogue', code, text, subject, until));
  if (!isDeployable(update)) {
    hold(
      'catalogue.not-deployable',
      'It is a category, a detectoid or a part of a bundle; the update that needs it brings it along.',
    );
  }
  const latest = catalogue.latest(update.updateId);
  if (!latest) hold('catalogue.unknown', 'The catalogue does not have it.');
  else if (latest.revisionNumber !== update.revisionNumber) {
    hold(
      'catalogue.not-latest',
      `Revision ${latest.revisionNumber} replaced this one.`,
      `${latest.updateId}/${latest.revisionNumber}`,
    );
  }
  if (isBefore(at, update.published)) {
    hold('catalogue.not-published', `It is published at ${update.published}.`, undefined, update.published);
  }
  if (update.publicationState === 'Expired') hold('catalogue.expired', 'Microsoft withdrew it.');
  if (!approval.approved && approval.code === 'catalogue.declined') {
    hold('catalogue.declined', `${approval.by} declined it: ${approval.reason}`, approval.by);
  }
  return answer('catalogue', held, `Revision ${update.revisionNumber} is published and the latest.`);
}

/** Does the policy, or a person's word over it, approve this update for this kind of server? */
export function askApproval({ approval }: Asked): Answer {
  const { by, reason: text, until } = approval;
  if (approval.approved) return { question: 'approval', passed: `${by}: ${text}`, by };
  if (approval.code === 'catalogue.declined')
    return { question: 'approval', passed: 'Not asked of the policy: it is declined.' };
  return heldBy(reason('approval', approval.code, text, by, until));
}

/** The policy's verdict with persons' words over it. */
export function approvalFor({ server, update, facts, at }: Subject): CurrentApproval {
  const { until, ...verdict } = approve(facts.policy, update, facts.catalogue, server.target, at);
  const approval = approvalOf(verdict, facts.persons.get(update.updateId) ?? [], server);
  return until && approval.level === 'policy' ? { ...approval, until } : approval;
}

/** Is the EULA accepted, and can the client get every file? */
export function askLicenceAndPayload({ update, facts }: Asked): Answer {
  const held: Reason[] = [];
  if (update.eulaId && !facts.acceptedEulas.has(update.eulaId)) {
    held.push(
      reason('licence-payload', 'licence.eula-not-accepted', 'Nobody accepted its licence terms yet.', update.eulaId),
    );
  }
  const files = facts.catalogue.payload(update);
  const missing = files.filter((file) => file.patchingType !== 'Express' && !facts.deliverable.has(file.sha1));
  if (missing[0]) {
    const text = `${missing.length} of its ${files.length} files can be delivered neither from here nor from Microsoft.`;
    held.push(reason('licence-payload', 'payload.not-available', text, missing[0].name));
  }
  return answer(
    'licence-payload',
    held,
    files.length === 0 ? 'It has no files.' : `Every file can be delivered (${files.length}).`,
  );
}

/** Does a person, or what happened before, stop it here and now? */
export function askException({ server, update, facts, at }: Asked): Answer {
  const held: Reason[] = [];
  const brake = facts.brakes.get(update.updateId);
  if (brake) {
    held.push(
      reason('exception', 'exception.braked', `${brake.who} stopped it for everybody: ${brake.why}`, brake.who),
    );
  }
  const pause = pauseAt(facts.pauses, server, at);
  if (pause) {
    const text = `${pause.who} paused ${PAUSED[pause.scope.kind]} until ${pause.ends}: ${pause.why}`;
    held.push(reason('exception', 'exception.paused', text, pause.pauseId, pause.ends));
  }
  if (server.looping.has(update.updateId)) {
    const text =
      'It was reported as installed three times within seven days and is needed again: a person has to look.';
    held.push(reason('exception', 'exception.install-loop', text));
  }
  return answer('exception', held, 'No pause, no brake, no loop of installations.');
}

const PAUSED = { all: 'all servers', customer: 'the customer', group: 'the group', server: 'the server' } as const;

/** Is the server one that is patched at all? */
export function askMode({ server }: Asked): Answer {
  const held: Reason[] = [];
  if (server.mode === 'unassigned') {
    held.push(
      reason(
        'mode',
        'mode.unassigned',
        'The server belongs to no customer yet; it is evaluated and listed, never patched.',
      ),
    );
  }
  if (server.mode === 'observe') held.push(reason('mode', 'mode.observe', 'The server is only observed.'));
  if (!server.plan)
    held.push(reason('mode', 'mode.no-plan', 'The server has no plan; it is evaluated and listed, never patched.'));
  return answer('mode', held, `Managed by plan "${server.plan?.name}" in ${server.zone}.`);
}

/** Has the update come for this server's plan, at least for the window that its offer aims at? */
export function askRelease({ server, update, at, phase, pace }: Asked): Answer {
  if (!server.plan || !phase) return { question: 'release', passed: 'Without a plan there is no release.' };
  if (pace.definition)
    return { question: 'release', passed: 'Definitions belong to no cycle: the latest is offered at each scan.' };
  const release = releaseAt(server.plan, server.zone, update.published);
  if (aimsAt(phase, release)) {
    return {
      question: 'release',
      passed: `Released for this plan from ${release} on (release week ${server.plan.releaseWeek}).`,
    };
  }
  if (!isBefore(at, release)) return { question: 'release', passed: `Released for this plan since ${release}.` };
  const text = `Release week ${server.plan.releaseWeek} of its cycle, and ${server.plan.soakDays} days of soak, allow it from ${release} on.`;
  const until = offerFrom(server.plan, server.zone, release, at);
  return heldBy(reason('release', 'release.not-yet', text, `week ${server.plan.releaseWeek}`, until));
}

/** Are we in the lead of, or in, a window that may install it? */
export function askWindow({ server, update, at, phase, pace }: Asked): Answer {
  if (!server.plan || !phase) return { question: 'window', passed: 'Without a plan there is no window.' };
  if (pace.definition) return { question: 'window', passed: 'Definitions need no window to be offered.' };
  const release = releaseAt(server.plan, server.zone, update.published);
  const span = `${phase.window.start} to ${phase.window.end}`;
  if (aimsAt(phase, release)) return { question: 'window', passed: `${AIMED[phase.name] ?? ''} ${span}.` };
  const until = offerFrom(server.plan, server.zone, release, at);
  const isClosing = phase.name === 'closing' && !isBefore(phase.window.start, release);
  const code = isClosing ? 'window.closing' : 'window.not-yet';
  const text = isClosing
    ? `Too near the end of the window ${span} for a run of ${server.plan.runMinutes} minutes.`
    : `Its next window begins to be offered at ${until}.`;
  return heldBy(reason('window', code, text, server.plan.name, until));
}

const AIMED: { readonly [name in Phase['name']]?: string } = {
  lead: 'In the lead of the window',
  window: 'In the window',
  'catch-up': 'Catching up on the missed window',
};

/** When an update goes in, as far as its class and restart behaviour tell. */
export function paceOf(update: Revision, { catalogue }: Facts): Pace {
  const known = updateClass(update, catalogue);
  const quiet = catalogue.reboot(update) === 'NeverReboots';
  return { definition: known === 'definition', ahead: known === 'ssu' && quiet, quiet };
}

/** True when an offer made now aims at a window in which a revision released at `release` may be installed. */
export function aimsAt(phase: Phase, release: Temporal.Instant): boolean {
  return offersIn(phase) && !isBefore(phase.window.start, release);
}
