import type { InstalledDriver, MachineState } from './machine-state.ts';

/** One thing that an installation sets or removes; an absent value removes. Plain data: it can wait for a restart. */
export type MachineChange =
  | { readonly kind: 'package'; readonly name: string; readonly version?: string }
  | { readonly kind: 'registry'; readonly name: string; readonly data?: string | number }
  | { readonly kind: 'file'; readonly path: string; readonly version?: string }
  | { readonly kind: 'product'; readonly code: string; readonly version?: string }
  | { readonly kind: 'patch'; readonly code: string; readonly installed: boolean }
  | { readonly kind: 'driver'; readonly hardwareId: string; readonly driver: InstalledDriver | null }
  | { readonly kind: 'installed-once'; readonly updateId: string }
  | { readonly kind: 'build'; readonly build: number };

/** Makes a change on a machine. */
export function applyChange(machine: MachineState, change: MachineChange): void {
  switch (change.kind) {
    case 'package':
      setOrDelete(machine.packages, change.name, change.version);
      return;
    case 'registry':
      setOrDelete(machine.registry, change.name, change.data);
      return;
    case 'file':
      setOrDelete(machine.files, change.path, change.version);
      return;
    case 'product':
      setOrDelete(machine.products, change.code, change.version);
      return;
    case 'patch':
      if (change.installed) machine.patches.add(change.code);
      else machine.patches.delete(change.code);
      return;
    case 'driver':
      machine.devices.set(change.hardwareId, change.driver);
      return;
    case 'installed-once':
      machine.installedOnce.add(change.updateId);
      return;
    case 'build':
      machine.osBuild = change.build;
  }
}

function setOrDelete<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
