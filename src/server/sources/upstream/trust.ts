import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';

/** Microsoft's update services; their certificates end in a root that no list of browsers' roots has. */
const MICROSOFT = 'update.microsoft.com';

/**
 * The certificates that may vouch for an upstream, in PEM. For Microsoft's own services only the *Microsoft Root Certificate Authority
 * 2011*, so that no other authority can speak for them; for any other the roots of Node.js and of the operating system. In both cases
 * also those of the operator, e.g. of an authority of his own or of a proxy that reads along.
 */
export function trustedRoots({ hostname }: URL, operators?: string): { readonly ca: string[] } {
  const roots = isMicrosofts(hostname) ? [microsoftRoot()] : publicRoots();
  return { ca: operators === undefined ? roots : [...roots, operators] };
}

function isMicrosofts(hostname: string): boolean {
  return hostname === MICROSOFT || hostname.endsWith(`.${MICROSOFT}`);
}

function publicRoots(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function microsoftRoot(): string {
  return readFileSync(new URL('microsoft-root-2011.pem', import.meta.url), 'utf8');
}
