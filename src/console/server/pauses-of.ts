import type { Pause, Server } from '../api/endpoints.ts';

type Scope = Pick<Pause, 'scope' | 'customer' | 'server'>;
type Covered = Pick<Server, 'serverId' | 'dnsName' | 'customer'>;

/** The pauses that cover a server for all that is known here; those of a target group only the decision itself can tell. */
export function pausesOf<P extends Scope>(pauses: readonly P[], { serverId, dnsName, customer: own }: Covered): P[] {
  return pauses.filter(({ scope, customer, server }) => {
    if (scope === 'all') return true;
    if (scope === 'customer') return own !== undefined && customer === own;
    return scope === 'server' && (server === serverId || server === dnsName);
  });
}
