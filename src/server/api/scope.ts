import type * as z from 'zod';
import { CodedError } from '#contract/errors.ts';
import type { AskedScope, ShownScope } from '#contract/scope.ts';
import type { PauseScope } from '#domain/exception/hold.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { findCustomer, findServer } from '#server/api/find.ts';

/** A scope with the names of whom it reaches. */
export interface NamedScope {
  readonly scope: PauseScope;
  /** Of the scope `server`: the owner of the server, where there is one. */
  readonly customerId?: string | undefined;
  /** DNS name of a single server. */
  readonly server?: string | undefined;
}

/** Whom a request names: what the scope needs, no less and no more; `usage.wrong` or `not-found` else. */
export async function findScope(
  deps: ApiDeps,
  { scope: kind, customer, group, server }: z.output<typeof AskedScope>,
): Promise<NamedScope> {
  const given = { customer, group, server };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !NEEDS[kind].includes(name))
      throw new CodedError('usage.wrong', `${name}: does not go with the scope "${kind}".`);
  }
  const need = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new CodedError('usage.wrong', `${name}: the scope "${kind}" needs one.`);
    return value;
  };
  if (kind === 'all') return { scope: { kind } };
  if (kind === 'server') {
    const { serverId, customerId, dnsName } = await findServer(deps, need(server, 'server'));
    return { scope: { kind, serverId }, server: dnsName, ...(customerId === null ? {} : { customerId }) };
  }
  const { customerId } = findCustomer(deps, need(customer, 'customer'));
  if (kind === 'customer') return { scope: { kind, customerId }, customerId };
  return { scope: { kind, customerId, group: need(group, 'group') }, customerId };
}

const NEEDS: Readonly<Record<PauseScope['kind'], readonly string[]>> = {
  all: [],
  customer: ['customer'],
  group: ['customer', 'group'],
  server: ['server'],
};

/** A scope as answers show it. */
export function scopeShown(
  { keeper }: ApiDeps,
  { scope, customerId, server }: NamedScope,
): z.output<typeof ShownScope> {
  const customer = customerId === undefined ? undefined : keeper.directory().customers.get(customerId)?.name;
  return {
    scope: scope.kind,
    ...(customer === undefined ? {} : { customer }),
    ...(scope.kind === 'group' ? { group: scope.group } : {}),
    ...(server === undefined ? {} : { server }),
  };
}

/** The same as the record names its subject. */
export function scopeSubject({ scope, customer, group, server }: z.output<typeof ShownScope>) {
  return { scope, customer: customer ?? null, group: group ?? null, server: server ?? null };
}
