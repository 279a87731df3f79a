import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { readCore } from '#protocol/update-xml/rules.ts';
import type { CachedUpdate } from '../agent/data-store.ts';
import { createEvaluation, identityKey } from '../agent/evaluation.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { SampleDocument } from '../sample/sample-catalogue.ts';

/** How an update stands on a machine by its own rules, whoever offers it or not. */
export type Standing = 'installed' | 'needed' | 'not-applicable';

/** Asks machines directly, past service and agent: the independent witness of what was installed. */
export interface SampleWorld {
  standing(updateId: string, machine: MachineState): Standing;
  /** The standings of several updates on one machine at one moment. */
  standings(updateIds: Iterable<string>, machine: MachineState): ReadonlyMap<string, Standing>;
  /** When a revision came out; throws for one that the world does not have. */
  published(updateId: string, revisionNumber: number): Temporal.Instant;
}

/** A world of update documents, in which the latest revision of each counts. */
export function sampleWorld(documents: readonly SampleDocument[]): SampleWorld {
  const updates = new Map<number, CachedUpdate>();
  const latest = new Map<string, CachedUpdate>();
  const publications = new Map<string, Temporal.Instant>();
  for (const [index, { name, published, xml }] of documents.entries()) {
    const document = readUpdate(xml);
    const core = document.ok ? readCore(document.update.fragments.core) : undefined;
    if (core?.ok !== true) throw new Error(`the sample document ${name} does not read`);
    const update = { revisionId: index + 1, isLeaf: false, deployment: { action: 'Install' }, core: core.core };
    const { updateId, revisionNumber } = core.core.identity;
    updates.set(update.revisionId, update);
    publications.set(identityKey(core.core.identity), Temporal.Instant.from(published));
    if ((latest.get(updateId)?.core.identity.revisionNumber ?? 0) < revisionNumber) latest.set(updateId, update);
  }

  function standings(updateIds: Iterable<string>, machine: MachineState): ReadonlyMap<string, Standing> {
    const evaluation = createEvaluation(updates, machine);
    const found = new Map<string, Standing>();
    for (const updateId of updateIds) {
      const update = latest.get(updateId);
      const state = update && evaluation.stateOf(update);
      found.set(updateId, state === 'installed' ? 'installed' : state === 'applicable' ? 'needed' : 'not-applicable');
    }
    return found;
  }

  function published(updateId: string, revisionNumber: number): Temporal.Instant {
    const at = publications.get(identityKey({ updateId, revisionNumber }));
    if (at === undefined) throw new Error(`the sample has no revision ${revisionNumber} of ${updateId}`);
    return at;
  }

  return {
    published,
    standings,
    standing: (updateId, machine) => standings([updateId], machine).get(updateId) ?? 'not-applicable',
  };
}
