import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The folder of real data that stands beside the checkout, or undefined on a machine without it. */
export function sharedFolder(): string | undefined {
  const folder = resolve(import.meta.dirname, '../../..', process.env.ST_SHARED ?? '../shared');
  return existsSync(folder) ? folder : undefined;
}
