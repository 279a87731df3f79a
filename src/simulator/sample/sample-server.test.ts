import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { type CoreFragment, readCore } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from '#simulator/machine/applicability.ts';
import { applyChanges, planInstallation } from '#simulator/machine/install.ts';
import type { MachineState } from '#simulator/machine/machine-state.ts';
import { type SampleSystem, SYSTEM_NAMES } from './operating-systems.ts';
import { type SampleOptions, sampleCatalogue } from './sample-catalogue.ts';
import { type SampleServerOptions, sampleServer } from './sample-server.ts';

const october = read({ from: '2023-10', to: '2023-10' });
const both = read({ from: '2023-10', to: '2023-11' });

describe('sample servers', () => {
  for (const system of SYSTEM_NAMES) {
    it(`need the cumulative and .NET updates of October, once each: ${system}`, () => {
      const needed = neededKbs(october, sampleServer(system));
      for (const kb of NEEDED_IN_OCTOBER[system]) assert.ok(needed.includes(kb), `${kb} is not needed: ${needed}`);
      const others = SYSTEM_NAMES.filter((name) => name !== system).flatMap((name) => NEEDED_IN_OCTOBER[name]);
      assert.deepEqual(
        needed.filter((kb) => others.includes(kb)),
        [],
      );
    });

    it(`need nothing more when everything is installed: ${system}`, () => {
      const machine = sampleServer(system, ALL_SOFTWARE);
      for (let pass = 1; pass <= 4; pass++) installAll(both, machine);
      assert.deepEqual(neededKbs(both, machine), []);
    });
  }

  it('on 2016 need the servicing stack of November before its cumulative update', () => {
    const machine = sampleServer('2016', { patchedTo: '2023-10' });
    const november = read({ from: '2023-11', to: '2023-11' });
    const before = neededKbs(november, machine);
    assert.ok(before.includes('5032391') && !before.includes('5032197'), String(before));
    install(november, machine, '5032391');
    const after = neededKbs(november, machine);
    assert.ok(!after.includes('5032391') && after.includes('5032197'), String(after));
  });

  it('need updates of other products only where these are', () => {
    const plain = neededKbs(october, sampleServer('2022'));
    const equipped = neededKbs(october, sampleServer('2022', ALL_SOFTWARE));
    assert.deepEqual(
      plain.filter((kb) => ['9000132', '9000134'].includes(kb)),
      [],
    );
    for (const kb of ['9000132', '9000134']) assert.ok(equipped.includes(kb), kb);
    assert.equal(
      neededTitles(october, sampleServer('2022')).some((title) => /Archiver| Net /.test(title)),
      false,
    );
    const extra = neededTitles(october, sampleServer('2022', ALL_SOFTWARE)).filter((title) =>
      /Archiver| Net /.test(title),
    );
    assert.equal(extra.length, 2);
  });

  it('become the next system by the feature upgrade', () => {
    const machine = sampleServer('2019');
    install(october, machine, '9000133');
    assert.equal(machine.osBuild, 20348);
    assert.ok(neededKbs(october, machine).includes('5031364'));
  });
});

const ALL_SOFTWARE: SampleServerOptions = { software: ['office', 'sql-server', 'archiver', 'network-adapter'] };

const NEEDED_IN_OCTOBER: Readonly<Record<SampleSystem, readonly string[]>> = {
  '2016': ['5031362', '5031000'],
  '2019': ['5031361', '5031222'],
  '2022': ['5031364', '5031221'],
};

interface Entry {
  readonly title: string;
  readonly kb: string | undefined;
  readonly isApproved: boolean;
  readonly core: CoreFragment;
}

type World = ReadonlyMap<string, Entry>;

/** The latest revision of every update, as a client holds it. */
function read(options: SampleOptions): World {
  const world = new Map<string, Entry>();
  for (const { xml } of sampleCatalogue(options).documents) {
    const document = readUpdate(xml);
    assert.ok(document.ok);
    const { revision, fragments } = document.update;
    const core = readCore(fragments.core);
    assert.ok(core.ok);
    const { updateId, title, kb, explicitlyDeployable: isApproved } = revision;
    world.set(updateId, { title, kb, isApproved, core: core.core });
  }
  return world;
}

function partsOf(world: World, { core }: Entry): readonly (readonly Entry[])[] {
  return core.bundles.map((clause) => clause.flatMap(({ updateId }) => world.get(updateId) ?? []));
}

function isInstalled(world: World, machine: MachineState, entry: Entry): boolean {
  if (entry.core.bundles.length > 0) {
    return partsOf(world, entry).every((parts) => parts.some((part) => isInstalled(world, machine, part)));
  }
  return holds(entry, machine, 'isInstalled') && prerequisitesHold(world, machine, entry);
}

function prerequisitesHold(world: World, machine: MachineState, { core }: Entry): boolean {
  return core.prerequisites.every(({ anyOf }) =>
    anyOf.flatMap((id) => world.get(id) ?? []).some((entry) => isInstalled(world, machine, entry)),
  );
}

function isNeeded(world: World, machine: MachineState, entry: Entry): boolean {
  if (isInstalled(world, machine, entry) || !prerequisitesHold(world, machine, entry)) return false;
  if (entry.core.bundles.length === 0) return holds(entry, machine, 'isInstallable');
  return partsOf(world, entry).every((parts) => parts.some((part) => isNeeded(world, machine, part)));
}

function holds({ core }: Entry, machine: MachineState, which: 'isInstalled' | 'isInstallable'): boolean {
  const { [which]: rule, metadata } = core.rules;
  assert.ok(rule);
  const truth = evaluateRule(rule, { machine, updateId: core.identity.updateId, metadata });
  assert.notEqual(truth, undefined, `a rule of ${core.identity.updateId} has no answer`);
  return truth === true;
}

function needed(world: World, machine: MachineState): readonly Entry[] {
  return [...world.values()].filter((entry) => entry.isApproved && isNeeded(world, machine, entry));
}

function neededKbs(world: World, machine: MachineState): readonly string[] {
  return needed(world, machine).map(({ kb, title }) => kb ?? title);
}

function neededTitles(world: World, machine: MachineState): readonly string[] {
  return needed(world, machine).map(({ title }) => title);
}

function install(world: World, machine: MachineState, kb: string): void {
  const entry = needed(world, machine).find((candidate) => candidate.kb === kb);
  assert.ok(entry, `${kb} is not needed`);
  installEntry(world, machine, entry);
}

function installAll(world: World, machine: MachineState): void {
  for (const entry of needed(world, machine)) installEntry(world, machine, entry);
}

function installEntry(world: World, machine: MachineState, entry: Entry): void {
  const parts = entry.core.bundles.length === 0 ? [[entry]] : partsOf(world, entry);
  for (const part of parts.map((clause) => clause.find((candidate) => isNeeded(world, machine, candidate)))) {
    if (part === undefined) continue;
    const { identity, rules } = part.core;
    const update = { updateId: identity.updateId, isInstalled: rules.isInstalled, metadata: rules.metadata };
    const changes = planInstallation(update, machine, 'installed');
    assert.ok(changes, `${part.title} cannot be installed`);
    applyChanges(machine, changes);
  }
}
