import { approvalKey, approve } from '#domain/approval/approve.ts';
import { approvalOf } from '#domain/approval/person.ts';
import type { Policy } from '#domain/approval/policy.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

/** Servers that differ in nothing that the effect of a policy goes by. */
export interface ServerClass {
  readonly customerId: string;
  /** Of a server that a person's word names by itself. */
  readonly serverId?: string;
  readonly target: Target;
  /** What they need of the updates in question. */
  readonly needed: readonly UpdateId[];
  /** What they were told to install of these, and have not installed. */
  readonly held: readonly UpdateId[];
  readonly servers: number;
}

/** How many servers a change of the policy reaches. */
export interface Reach {
  /** Newly offered. */
  readonly offered: number;
  /** Offered before, and no longer. */
  readonly withdrawn: number;
  /** Of these, those that hold the offer already: they may act on it until their next scan. */
  readonly holding: number;
}

export interface UpdateReach {
  readonly update: Revision;
  /** Over all customers. */
  readonly reach: Reach;
  /** By customer; those that it does not reach are absent. */
  readonly customers: ReadonlyMap<string, Reach>;
}

/** What a change of the policy means for servers; when each takes an update is a matter of its plan, wave and window. */
export interface PolicyEffect {
  readonly offered: { readonly updates: number; readonly servers: number };
  readonly withdrawn: { readonly updates: number; readonly servers: number; readonly holding: number };
  /** Every update that reaches a server, the one that reaches most first. */
  readonly updates: readonly UpdateReach[];
}

/** What approvals are made from besides the policy. */
interface Surroundings {
  readonly catalogue: Catalogue;
  readonly persons: ReadonlyMap<UpdateId, readonly PersonDecision[]>;
}

/**
 * What follows for servers if `after` took the place of `before`: persons' words stand above both, and what a server needs but an approved
 * successor replaces, which it needs too, is not offered.
 */
export function policyEffect(
  before: Policy,
  after: Policy,
  surroundings: Surroundings,
  classes: Iterable<ServerClass>,
  at: Temporal.Instant,
): PolicyEffect {
  const offeredBefore = offering(before, surroundings, at);
  const offeredAfter = offering(after, surroundings, at);
  const offered = { updates: new Set<UpdateId>(), servers: 0 };
  const withdrawn = { updates: new Set<UpdateId>(), servers: 0, holding: 0 };
  const reached = new Map<UpdateId, Map<string, Reach>>();
  for (const alike of classes) {
    const then = offeredAfter(alike);
    const held = new Set(alike.held);
    const now = offeredBefore(alike);
    const fresh = [...then].filter((id) => !now.has(id));
    const gone = [...now].filter((id) => !then.has(id));
    const stillHeld = gone.filter((id) => held.has(id));
    if (fresh.length > 0) offered.servers += alike.servers;
    if (gone.length > 0) withdrawn.servers += alike.servers;
    if (stillHeld.length > 0) withdrawn.holding += alike.servers;
    for (const id of fresh) note(reached, id, alike, { offered: alike.servers, withdrawn: 0, holding: 0 });
    for (const id of gone) {
      const holding = held.has(id) ? alike.servers : 0;
      note(reached, id, alike, { offered: 0, withdrawn: alike.servers, holding });
    }
    for (const id of fresh) offered.updates.add(id);
    for (const id of gone) withdrawn.updates.add(id);
  }
  return {
    offered: { ...offered, updates: offered.updates.size },
    withdrawn: { ...withdrawn, updates: withdrawn.updates.size },
    updates: ranked(reached, surroundings.catalogue),
  };
}

/** The updates that an effect has to ask servers about: those whose verdict changes, and what replaces them or is replaced by them. */
export function updatesInQuestion(changed: Iterable<UpdateId>, catalogue: Catalogue): UpdateId[] {
  const ids = new Set<UpdateId>();
  for (const id of changed)
    for (const related of [id, ...catalogue.successors(id), ...catalogue.predecessors(id)]) ids.add(related);
  return catalogue.deployable.flatMap(({ updateId }) => (ids.has(updateId) ? [updateId] : []));
}

/** What the servers of a class are offered under a policy, sooner or later, of what they need or hold. */
function offering(policy: Policy, surroundings: Surroundings, at: Temporal.Instant) {
  const { catalogue } = surroundings;
  const approves = approvedUnder(policy, surroundings, at);
  return (alike: ServerClass): ReadonlySet<UpdateId> => {
    const approved = new Set(new Set([...alike.needed, ...alike.held]).values().filter((id) => approves(alike, id)));
    const isReplaced = (id: UpdateId): boolean => {
      const mutual = catalogue.predecessors(id);
      return catalogue
        .successors(id)
        .values()
        .some((other) => approved.has(other) && !mutual.has(other));
    };
    return new Set(approved.values().filter((id) => !isReplaced(id)));
  };
}

/** Whether an update is approved for a class; asked once for all that share customer, kind of machine and server named. */
function approvedUnder(policy: Policy, { catalogue, persons }: Surroundings, at: Temporal.Instant) {
  const known = new Map<string, boolean>();
  return (alike: ServerClass, id: UpdateId): boolean => {
    const words = persons.get(id) ?? [];
    const named = words.length > 0 ? `${alike.customerId} ${alike.serverId ?? ''}` : '';
    const key = `${id} ${approvalKey(policy, alike.target)} ${named}`;
    const answer = known.get(key) ?? ask(alike, id, words);
    known.set(key, answer);
    return answer;
  };
  function ask({ target, ...recipient }: ServerClass, id: UpdateId, words: readonly PersonDecision[]): boolean {
    const update = catalogue.latest(id);
    if (!update || update.publicationState === 'Expired') return false;
    return approvalOf(approve(policy, update, catalogue, target, at), words, recipient).approved;
  }
}

function note(
  reached: Map<UpdateId, Map<string, Reach>>,
  id: UpdateId,
  { customerId }: ServerClass,
  more: Reach,
): void {
  const customers = reached.get(id) ?? new Map<string, Reach>();
  reached.set(id, customers);
  customers.set(customerId, sum([customers.get(customerId) ?? NONE, more]));
}

const NONE: Reach = { offered: 0, withdrawn: 0, holding: 0 };

function sum(reaches: Iterable<Reach>): Reach {
  let total = NONE;
  for (const { offered, withdrawn, holding } of reaches) {
    total = {
      offered: total.offered + offered,
      withdrawn: total.withdrawn + withdrawn,
      holding: total.holding + holding,
    };
  }
  return total;
}

function ranked(reached: ReadonlyMap<UpdateId, ReadonlyMap<string, Reach>>, catalogue: Catalogue): UpdateReach[] {
  return [...reached]
    .flatMap(([id, customers]) => {
      const update = catalogue.latest(id);
      return update ? [{ update, customers, reach: sum(customers.values()) }] : [];
    })
    .sort((a, b) => size(b.reach) - size(a.reach) || (a.update.updateId < b.update.updateId ? -1 : 1));
}

function size({ offered, withdrawn }: Reach): number {
  return offered + withdrawn;
}
