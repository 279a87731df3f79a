import type { PauseScope } from '#domain/exception/hold.ts';

/** The columns of a row that say whom it reaches, under the names of the interface. */
export interface ScopeColumns {
  readonly scope: PauseScope['kind'];
  readonly customerId: string | null;
  readonly group: string | null;
  readonly serverId: string | null;
  /** DNS name of a single server. */
  readonly server: string | null;
}

/** Those columns of the table that a statement calls `table`. */
export function scopeFields(table: string): string {
  return `${table}.scope, ${table}.customer_id as "customerId", ${table}.target_group as "group", ${table}.server_id as "serverId",
    (select dns_name from server s where s.server_id = ${table}.server_id) as server`;
}

/** The parameters scope, customer, target group and server of a row; `customerId` is the owner of a single server. */
export function scopeParameters(scope: PauseScope, customerId?: string): readonly (string | null)[] {
  return [
    scope.kind,
    ('customerId' in scope ? scope.customerId : customerId) ?? null,
    scope.kind === 'group' ? scope.group : null,
    scope.kind === 'server' ? scope.serverId : null,
  ];
}

/** Whom a row reaches. */
export function readScope({ scope: kind, customerId, group, serverId }: ScopeColumns): PauseScope {
  switch (kind) {
    case 'all':
      return { kind };
    case 'customer':
      return { kind, customerId: customerId ?? '' };
    case 'group':
      return { kind, customerId: customerId ?? '', group: group ?? '' };
    case 'server':
      return { kind, serverId: serverId ?? '' };
  }
}
