import { X509Certificate } from 'node:crypto';
import { CodedError } from '#contract/errors.ts';

/** The certificates of a PEM file; `usage.wrong` for one without, or with one that does not read. */
export function checkedRoots(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
    if (blocks.length > 0) return blocks.join('\n');
  } catch {
    // Said below.
  }
  throw new CodedError('usage.wrong', 'ca: not a PEM file with certificates');
}
