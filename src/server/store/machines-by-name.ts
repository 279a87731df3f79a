import type pg from 'pg';
import { movesServer, type Said, type Word } from '#domain/fleet/inventory-change.ts';
import { addMachines, applyToMachines, type MachineRow, type SaidOfMachine, touchInventory } from './machines.ts';
import { sqlInstant } from './parameter.ts';

const BATCH = 1_000;

/** Takes what a source says of a customer's machines by their names in full; those that are not there are added. */
export async function applyByName(
  client: pg.PoolClient,
  customerId: string,
  said: ReadonlyMap<string, readonly Said[]>,
  word: Word,
): Promise<void> {
  const machines = await namedMachines(client, customerId, [...said.keys()], word);
  const spoken = machines.map((machine): SaidOfMachine => ({ machine, statements: said.get(machine.name) ?? [] }));
  const now = Temporal.Instant.from(sqlInstant(word.at));
  let moved = machines.some(({ addedAt }) => addedAt.equals(now));
  for (let from = 0; from < spoken.length; from += BATCH) {
    const applied = await applyToMachines(client, spoken.slice(from, from + BATCH), word);
    moved ||= applied.some(({ changed }) => movesServer(changed));
  }
  if (moved) await touchInventory(client);
}

/** The machines of all names in the order of their ids, so that two that change many never wait for each other. */
async function namedMachines(
  client: pg.PoolClient,
  customerId: string,
  names: readonly string[],
  { at }: Word,
): Promise<readonly MachineRow[]> {
  const machines: MachineRow[] = [];
  for (let from = 0; from < names.length; from += BATCH)
    machines.push(...(await addMachines(client, customerId, names.slice(from, from + BATCH), at)));
  return machines.sort((a, b) => (a.machineId < b.machineId ? -1 : 1));
}
