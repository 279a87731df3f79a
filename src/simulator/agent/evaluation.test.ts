import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { sampleServer } from '#simulator/sample/sample-server.ts';
import { applyChanges, planInstallation } from '../machine/install.ts';
import type { MachineState } from '../machine/machine-state.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import type { CachedUpdate } from './data-store.ts';
import { createEvaluation } from './evaluation.ts';
import { createFragmentCache } from './fragments.ts';

const CATALOGUE = sampleCatalogue({ from: '2023-10', to: '2023-11' });

for (const system of ['2016', '2019', '2022'] as const) {
  test(`the sample's updates for Windows Server ${system} apply, install, and then are installed`, () => {
    const updates = cacheAll();
    const machine = sampleServer(system);
    const done: string[] = [];
    for (let pass = 0; pass < 10; pass++) {
      const evaluation = createEvaluation(updates, machine);
      assert.deepEqual([...evaluation.unknownRules], []);
      const candidates = findCandidates(updates.values(), evaluation);
      if (candidates.length === 0) break;
      for (const candidate of candidates) {
        install(machine, candidate);
        done.push(TITLES.get(candidate.update.revisionId) ?? '');
        assert.equal(createEvaluation(updates, machine).stateOf(candidate.update), 'installed');
      }
    }
    assert.ok(
      done.some((title) => title.startsWith('2023-11 Cumulative Update for')),
      done.join('\n'),
    );
    // On Server 2016 the successor is not applicable before its servicing stack is there: the older one goes first.
    const older = done.some((title) => /^2023-10 Cumulative Update for (Windows|Microsoft) Server/.test(title));
    assert.equal(older, system === '2016', done.join('\n'));
    const others = ['2016', '2019', 'version 21H2'].filter((name) => !name.includes(NAMES[system]));
    for (const other of others)
      assert.ok(!done.some((title) => title.includes(`Server ${other}`)), `${other} on ${system}`);
  });
}

const NAMES = { '2016': '2016', '2019': '2019', '2022': '21H2' } as const;
const TITLES = new Map<number, string>();

/** The whole catalogue as an agent caches it, everything that people approve deployed for installation. */
function cacheAll(): Map<number, CachedUpdate> {
  const fragments = createFragmentCache();
  const updates = new Map<number, CachedUpdate>();
  for (const [index, { xml }] of CATALOGUE.documents.entries()) {
    const read = readUpdate(xml);
    assert.ok(read.ok);
    const core = fragments.core(index, read.update.fragments.core);
    assert.ok(core !== undefined);
    const { explicitlyDeployable, publicationState, osUpgrade } = read.update.revision;
    const action = explicitlyDeployable && publicationState === 'Published' && !osUpgrade ? 'Install' : 'Evaluate';
    updates.set(index, { revisionId: index, isLeaf: true, deployment: { action }, core });
    TITLES.set(index, read.update.revision.title);
  }
  return updates;
}

function install(machine: MachineState, { parts }: Candidate): void {
  assert.ok(parts.length > 0);
  for (const { core } of parts) {
    const { isInstalled, metadata } = core.rules;
    const changes = planInstallation({ updateId: core.identity.updateId, isInstalled, metadata }, machine, 'installed');
    assert.ok(changes !== undefined, core.identity.updateId);
    applyChanges(machine, changes);
  }
}
