import type { VirtualServer } from '../agent/virtual-server.ts';
import type { Ledger } from './ledger.ts';
import type { SampleWorld } from './sample-world.ts';

/** How a server came by an update: when it had it, by itself or by a successor; that it needs it still; or undefined, it never needed it. */
export type Acquired = (server: string, updateId: string) => Temporal.Instant | 'needed' | undefined;

/** Read from the machines, whatever the service says. */
export function acquiredBy(
  machines: ReadonlyMap<string, VirtualServer>,
  { ledger, world }: { readonly ledger: Ledger; readonly world: SampleWorld },
): Acquired {
  return (server, updateId) => {
    const machine = machines.get(server)?.machine;
    const isNeeded = machine !== undefined && world.standing(updateId, machine) === 'needed';
    return ledger.installedAt(server, updateId) ?? (isNeeded ? 'needed' : undefined);
  };
}
