import type pg from 'pg';
import type { Sweep } from '#server/jobs/sweeps.ts';
import { linkMachines } from '#server/store/machines-link.ts';

/** Keeps every enrolled server's entry in the inventory, each minute; of very many that came at once a part each time. */
export function inventorySweep(pool: pg.Pool): Sweep {
  return { name: 'inventory', every: { minutes: 1 }, run: (at) => linkMachines(pool, at) };
}
