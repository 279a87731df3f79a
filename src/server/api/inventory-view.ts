import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/inventory.ts';
import type { listRoles } from '#contract/endpoints/inventory-groups.ts';
import { missingFields } from '#domain/fleet/completeness.ts';
import { fieldText } from '#domain/fleet/csv-columns.ts';
import { type Conflict, effectiveInventory } from '#domain/fleet/effective.ts';
import { type Inventory, SOURCES, type Statement } from '#domain/fleet/inventory.ts';
import { FIELD_NAMES, INVENTORY_FIELDS } from '#domain/fleet/inventory-schema.ts';
import { type RecoveryPath, ROLES, type Role } from '#domain/fleet/roles.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { customerName } from '#server/api/inventory-find.ts';
import { listStatements, type MachineRow } from '#server/store/machines.ts';
import { listRecoveryPaths } from '#server/store/machines-recovery.ts';
import { findServer } from '#server/store/servers.ts';

type MachineView = EndpointResult<typeof contract.listInventory>['items'][number];
type MachineDetails = EndpointResult<typeof contract.showMachine>;
type RoleView = EndpointResult<typeof listRoles>['items'][number];

/** A machine as lists show it; `known`: its profile with its plan as the window. */
export function machineView(deps: ApiDeps, row: MachineRow & { readonly known: Inventory }): MachineView {
  const { owner, environment, tier, window, roles } = row.known;
  return {
    machineId: row.machineId,
    name: row.name,
    customer: customerName(deps, row.customerId),
    roles: roles ?? [],
    missing: missingFields(row.known),
    conflicts: row.conflicts,
    ...(row.serverId === null ? {} : { serverId: row.serverId }),
    ...(owner ? { owner: fieldText('owner', owner) } : {}),
    ...(environment ? { environment } : {}),
    ...(tier ? { tier } : {}),
    ...(window ? { window } : {}),
  };
}

/** Everything that is known of a machine. */
export async function machineDetails(deps: ApiDeps, row: MachineRow): Promise<MachineDetails> {
  const statements = (await listStatements(deps.pool, [row.machineId])).get(row.machineId) ?? [];
  const { conflicts } = effectiveInventory(statements);
  const server = row.serverId === null ? undefined : await findServer(deps.pool, row.serverId);
  const plan = server?.plan ?? deps.keeper.directory().customers.get(row.customerId)?.plan;
  const own = await listRecoveryPaths(deps.pool, row.customerId);
  return {
    ...machineView(deps, { ...row, known: plan ? { ...row.profile, window: plan } : row.profile }),
    groups: row.groups,
    fields: FIELD_NAMES.flatMap((field) => {
      const [believed, ...others] = statements.filter((one) => one.field === field).sort(byBelief);
      if (!believed) return [];
      const disagreeing = conflicts.find((conflict) => conflict.field === field)?.others ?? [];
      return [
        {
          field,
          title: INVENTORY_FIELDS[field].title,
          ...statementView(believed),
          others: others.map((other) => ({ ...statementView(other), disagrees: disagreeing.includes(other) })),
        },
      ];
    }),
    defaults: (row.profile.roles ?? []).map((role) => roleView(role, own)),
  };
}

/** What one source says, with its text. */
export function statementView({ field, source, value, who, at }: Statement) {
  return { source, value, text: fieldText(field, value), who, at: at.toString() };
}

/** A disagreement of sources. */
export function conflictView({ field, believed, others }: Conflict) {
  const { title } = INVENTORY_FIELDS[field];
  return { field, title, believed: statementView(believed), others: others.map(statementView) };
}

/** What a role brings, with the customer's own recovery path where it has one. */
export function roleView(role: Role, own: ReadonlyMap<Role, RecoveryPath>): RoleView {
  const { recovery, ...defaults } = ROLES[role];
  return { role, ...defaults, recovery: own.get(role) ?? recovery, ownRecovery: own.has(role) };
}

function byBelief(a: Statement, b: Statement): number {
  return SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source);
}
