import { CodedError } from '#contract/errors.ts';

/** The options that say whom a rule for servers reaches. */
export const SCOPE_OPTIONS = {
  all: { type: 'boolean', description: 'every server of every customer' },
  customer: { type: 'string', value: 'NAME', description: 'the servers of this customer' },
  group: { type: 'string', value: 'NAME', description: 'with --customer: only this target group' },
  server: { type: 'string', value: 'NAME', description: 'this server: id, client id or DNS name' },
} as const;

type Scope = 'all' | 'customer' | 'group' | 'server';

/** Exactly one of them says for whom; a group needs its customer. */
export function scopeOf(given: {
  readonly all: boolean;
  readonly customer: string | undefined;
  readonly group: string | undefined;
  readonly server: string | undefined;
}): Scope {
  const { all, customer, group, server } = given;
  const named = [all, customer !== undefined, server !== undefined].filter(Boolean).length;
  if (named !== 1)
    throw new CodedError('usage.wrong', 'name one of --all, --customer (with or without --group), --server');
  if (group !== undefined && customer === undefined)
    throw new CodedError('usage.wrong', '--group: a target group belongs to a customer; name it with --customer');
  if (all) return 'all';
  if (server !== undefined) return 'server';
  return group === undefined ? 'customer' : 'group';
}

/** Whom a rule reaches, in words. */
export function whom({
  scope,
  customer = '',
  group,
  server = '',
}: {
  readonly scope: Scope;
  readonly customer?: string | undefined;
  readonly group?: string | undefined;
  readonly server?: string | undefined;
}): string {
  switch (scope) {
    case 'all':
      return 'all servers';
    case 'customer':
      return customer;
    case 'group':
      return `${customer}, group ${group}`;
    case 'server':
      return server;
  }
}
