import { firstLabel } from '#domain/fleet/first-label.ts';

/** The machine of an inventory that a name means, or how many have that name. */
export type KnownAs = { readonly machineId: string; readonly name: string } | { readonly several: number };

/** The server that a name in a file means: under the name that it has there, with its machine where the inventory has it. */
export type Meant = { readonly name: string; readonly machineId?: string } | { readonly several: number };

/**
 * Which servers the names of one file mean, in lower case. A first label means the one server that has it, in the inventory or else in this
 * file. A machine that is known by its first label alone is nobody's when two whole names of the file have that label.
 */
export function namesMeant(
  names: ReadonlySet<string>,
  known: ReadonlyMap<string, KnownAs>,
): ReadonlyMap<string, Meant> {
  const labels = Map.groupBy([...names].filter(isWhole), firstLabel);
  return new Map(
    [...names].map((name): readonly [string, Meant] => {
      const machine = known.get(name);
      const others = labels.get(firstLabel(name)) ?? [];
      if (machine && 'several' in machine) return [name, machine];
      if (machine && (machine.name === name || !isWhole(name) || others.length === 1))
        return [name, { name, machineId: machine.machineId }];
      if (isWhole(name) || others.length === 0) return [name, { name }];
      return [name, others.length === 1 ? { name: others[0] ?? name } : { several: others.length }];
    }),
  );
}

function isWhole(name: string): boolean {
  return name.includes('.');
}
