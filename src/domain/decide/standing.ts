import { approvalKey } from '#domain/approval/approve.ts';
import type { Kind } from '#domain/approval/kinds.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Pace } from '#domain/decide/deadline.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { kindOfUpdate } from '#domain/decide/kind-plan.ts';
import { customersWithWords } from '#domain/decide/own-customers.ts';
import { askCatalogue, asking, askLicenceAndPayload } from '#domain/decide/questions.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { earliest, isBefore } from '#domain/instants.ts';

/** How one update stands for all servers of a customer and target, whatever their plans: what does not change from hour to hour. */
export interface Standing {
  readonly update: Revision;
  /** Published, approved, licensed, deliverable and not braked: only a pause, mode, release and window can still hold it. */
  readonly clear: boolean;
  readonly pace: Pace;
  readonly kind: Kind;
  /** False: the client is never told of it (declined, expired). */
  readonly sent: boolean;
  /** From here on it is not sent any more: an approved successor is old enough. */
  readonly staleFrom?: Temporal.Instant;
  /** The transitive successors that count against it. */
  readonly successors: readonly UpdateId[];
}

export interface Standings {
  readonly all: readonly Standing[];
  /** When one of them changes by time alone: an update is published, or its age changes the verdict on it. */
  readonly until?: Temporal.Instant;
}

/** An update is still sent, to be reported as needed, for so long after the publication of an approved successor. */
const SENT_WHILE_SUPERSEDED = { hours: 24 * 90 };

/** A memo beside immutable facts; it goes when they go. */
const memo = new WeakMap<Facts, Map<string, Standings>>();

/** The standings for a server's customer and target at an instant; computed once for all servers that share them, whatever their customer. */
export function standings(server: ServerFacts, facts: Facts, at: Temporal.Instant): Standings {
  const kept = memo.get(facts) ?? new Map<string, Standings>();
  memo.set(facts, kept);
  const alone = facts.singledOut.has(server.serverId) ? server.serverId : undefined;
  const { customerId = '' } = server;
  const own = customersWithWords(facts).has(customerId) ? customerId : undefined;
  const key = JSON.stringify([own, alone, approvalKey(facts.policy, server.target)]);
  const known = kept.get(key);
  if (known && (!known.until || isBefore(at, known.until))) return known;
  const fresh = compute(server, facts, at);
  kept.set(key, fresh);
  return fresh;
}

/** The successors that may hold an update back: all transitive ones but those that it replaces itself (a cycle in the metadata). */
export function successorsOf(update: Revision, facts: Facts): UpdateId[] {
  const { catalogue } = facts;
  const mutual = catalogue.predecessors(update.updateId);
  return [...catalogue.successors(update.updateId)].filter((id) => !mutual.has(id)).sort();
}

function compute(server: ServerFacts, facts: Facts, at: Temporal.Instant): Standings {
  const { catalogue } = facts;
  const asked = new Map(catalogue.deployable.map((update) => [update.updateId, asking({ server, update, facts, at })]));
  const all = [...asked.values()].map((one): Standing => {
    const { update, approval } = one;
    const listed = !askCatalogue(one).held;
    const successors = successorsOf(update, facts);
    const replaced = successors
      .filter((id) => asked.get(id)?.approval.approved && !facts.brakes.has(id))
      .map((id) => catalogue.latest(id)?.published);
    const oldest = earliest(replaced);
    return {
      update,
      clear: listed && approval.approved && !facts.brakes.has(update.updateId) && !askLicenceAndPayload(one).held,
      pace: one.pace,
      kind: kindOfUpdate(update, facts),
      sent: listed,
      successors,
      ...(oldest ? { staleFrom: oldest.add(SENT_WHILE_SUPERSEDED) } : {}),
    };
  });
  const ripe = all.map(({ update: { published } }) => (isBefore(at, published) ? published : undefined));
  const until = earliest([...ripe, ...[...asked.values()].map(({ approval }) => approval.until)]);
  return until ? { all, until } : { all };
}
