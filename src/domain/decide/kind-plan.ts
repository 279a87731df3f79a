import { type Kind, kindOf } from '#domain/approval/kinds.ts';
import { updateClass } from '#domain/approval/update-class.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';

/** The kind of patching that an update belongs to. */
export function kindOfUpdate(update: Revision, { catalogue }: Pick<Facts, 'catalogue'>): Kind {
  return kindOf(updateClass(update, catalogue));
}

/** The server as updates of a kind meet it: with the plan of that kind, where it has one. The same object where it has none. */
export function forKind(server: ServerFacts, kind: Kind): ServerFacts {
  const plan = server.kindPlans?.get(kind);
  return plan ? { ...server, plan } : server;
}

/** The server as an update meets it. */
export function forUpdate(server: ServerFacts, update: Revision, facts: Pick<Facts, 'catalogue'>): ServerFacts {
  return server.kindPlans ? forKind(server, kindOfUpdate(update, facts)) : server;
}
