import type { Rule } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from './applicability.ts';
import { enforceRule } from './enforce.ts';
import { applyChange, type MachineChange } from './machine-change.ts';
import type { MachineState } from './machine-state.ts';

/** What the installer needs to know of an update: how it is detected. */
export interface DetectedUpdate {
  readonly updateId: string;
  readonly isInstalled: Rule | undefined;
  readonly metadata: Rule | undefined;
}

/**
 * The changes that installing (or removing) an update makes: those after which its own `IsInstalled` rule answers as wanted.
 * Undefined when the update has no rule, or one that no change of the model can bring there: its installation fails.
 */
export function planInstallation(
  update: DetectedUpdate,
  machine: MachineState,
  wanted: 'installed' | 'removed',
): readonly MachineChange[] | undefined {
  const { updateId, isInstalled, metadata } = update;
  if (isInstalled === undefined) return undefined;
  const changes = enforceRule(isInstalled, wanted === 'installed', { machine, updateId, metadata });
  if (changes === undefined) return undefined;
  const after = structuredClone(machine);
  applyChanges(after, changes);
  const detected = evaluateRule(isInstalled, { machine: after, updateId, metadata });
  if (detected !== (wanted === 'installed')) return undefined;
  return wanted === 'installed' ? [...changes, { kind: 'installed-once', updateId }] : changes;
}

/** Makes planned changes: at once, or at the restart that the installation waits for. */
export function applyChanges(machine: MachineState, changes: readonly MachineChange[]): void {
  for (const change of changes) applyChange(machine, change);
}
