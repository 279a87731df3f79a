import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '#server/testing/shared.ts';

// Against conversations of a real agent (Windows 11 25H2) with a real WSUS (Server 2025), and the samples of the specification.

const shared = sharedFolder() ?? '';
/** Why tests against captures are skipped; false where the captures are there. */
export const skip = existsSync(join(shared, 'protocol/samples'))
  ? false
  : 'the shared folder with the captures is absent';

/** A body of the captured conversations. */
export function capture(name: string): Uint8Array {
  return readFileSync(join(shared, 'data/wire-captures', `${name}.body`));
}

/** A message of the specification, or of another server. */
export function sample(name: string): Uint8Array {
  return readFileSync(join(shared, 'protocol/samples', `${name}.xml`));
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}
