import type { Json } from '#domain/evidence/canonical-json.ts';
import { isWithin, type NameParts, readDistinguishedName } from '#domain/fleet/distinguished-name.ts';
import type { Environment, Inventory, InventoryField, Owner, Tier } from '#domain/fleet/inventory.ts';
import type { Said } from '#domain/fleet/inventory-change.ts';
import { readServerName, readStatementValue } from '#domain/fleet/inventory-schema.ts';
import type { Role } from '#domain/fleet/roles.ts';
import { systemName } from '#domain/fleet/system-name.ts';
import { isBefore } from '#domain/instants.ts';

/** An entry of a directory: names of attributes in lower case. */
export interface DirectoryEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** What an organizational unit says of the servers below it; where several do, the nearest one that says something of a field. */
export interface UnitMapping {
  /** Distinguished name. */
  readonly ou: string;
  readonly environment?: Environment;
  readonly tier?: Tier;
  readonly exposure?: NonNullable<Inventory['exposure']>;
  /** Besides those that the computer itself shows. */
  readonly roles?: readonly Role[];
  /** Target group of enrolled servers that have none. */
  readonly group?: string;
}

/** What computers of a directory are read by. */
export interface ReadingRules {
  readonly mappings: readonly UnitMapping[];
  /** A computer that has not logged on for so many days is not there any more; 0: whatever it did. */
  readonly staleDays: number;
  readonly at: Temporal.Instant;
}

/** A server as its directory knows it. */
export interface DirectoryServer {
  /** DNS name in lower case, or the first label of it. */
  readonly name: string;
  readonly dn: string;
  readonly parts: NameParts;
  readonly roles: readonly Role[];
  readonly mapping: Omit<UnitMapping, 'ou'>;
  readonly operatingSystem?: string;
  readonly notes?: string;
  /** Distinguished name of who answers for it. */
  readonly managedBy?: string;
}

export type ComputerReading =
  | { readonly ok: true; readonly server: DirectoryServer }
  | { readonly ok: false; readonly name: string; readonly reason: string };

/** Attributes that are read of a computer. */
export const COMPUTER_ATTRIBUTES = [
  ...['cn', 'dNSHostName', 'operatingSystem', 'managedBy', 'userAccountControl', 'lastLogonTimestamp'],
  ...['description', 'location', 'servicePrincipalName'],
] as const;

/** Fields of the inventory that a directory speaks of. */
const FIELDS = [
  ...(['roles', 'owner', 'environment', 'tier', 'exposure', 'operatingSystem', 'directoryEntry', 'notes'] as const),
] satisfies readonly InventoryField[];

/** Flags of `userAccountControl` ([MS-ADTS] 2.2.16): disabled; a domain controller, a read-only one. */
const DISABLED = 0x2;
const CONTROLLER = 0x2000 | 0x4000000;
/** Services that a computer announces when it has the role. */
const ROLE_SERVICES: Readonly<Record<string, Role>> = {
  mssqlsvc: 'sql-server',
  exchangemdb: 'exchange',
  'microsoft virtual console service': 'hyper-v',
  msservercluster: 'cluster-node',
};
/** The service of a cluster's own names: such an entry is no machine. */
const VIRTUAL = 'msclustervirtualserver';
/** Windows counts 100 ns from 1601. */
const EPOCH_1601_MS = -11_644_473_600_000;

/** Reads a computer, or says why it is not taken for a server. */
export function readComputer({ dn, attributes }: DirectoryEntry, rules: ReadingRules): ComputerReading {
  const first = (attribute: string): string | undefined => attributes[attribute.toLowerCase()]?.[0];
  const written = first('dNSHostName') ?? first('cn') ?? dn;
  const refused = (reason: string): ComputerReading => ({ ok: false, name: written.slice(0, 255), reason });
  const name = readServerName(written);
  const parts = readDistinguishedName(dn);
  if (name === undefined || parts === undefined) return refused('its name cannot be one of a server');
  const flags = Number(first('userAccountControl') ?? 0);
  if ((flags & DISABLED) !== 0) return refused('its account is disabled');
  const services = new Set(
    (attributes.serviceprincipalname ?? []).map((service) => service.split('/', 1)[0]?.toLowerCase() ?? ''),
  );
  if (services.has(VIRTUAL)) return refused('it is a name of a cluster, not a machine');
  const stale = staleSince(first('lastLogonTimestamp'), rules);
  if (stale) return refused(`it has not logged on since ${stale.toString().slice(0, 10)}`);
  const system = first('operatingSystem');
  const notes = [first('description'), first('location')].flatMap((text) => text?.trim() || []).join('; ');
  const managedBy = first('managedBy');
  return {
    ok: true,
    server: {
      ...{ name, dn, parts, roles: rolesOf(flags, services), mapping: mappingOf(parts, rules.mappings) },
      ...(system === undefined ? {} : { operatingSystem: systemName(system) }),
      ...(notes === '' ? {} : { notes }),
      ...(managedBy === undefined ? {} : { managedBy }),
    },
  };
}

/**
 * What the directory says of a server, on every field that it speaks of: null where it says nothing, so that what it once said ends.
 * A value that the inventory does not take counts as nothing.
 */
export function directoryWord(server: DirectoryServer, owner: Owner | undefined): readonly Said[] {
  const { mapping } = server;
  const roles = [...new Set([...server.roles, ...(mapping.roles ?? [])])];
  const values: Readonly<Partial<Record<InventoryField, unknown>>> = {
    ...mapping,
    roles: roles.length === 0 ? undefined : roles,
    owner: owner && allowedOwner(owner),
    operatingSystem: server.operatingSystem,
    directoryEntry: server.dn,
    notes: server.notes,
  };
  return FIELDS.map((field) => {
    const reading = readStatementValue(field, values[field]);
    return { field, value: reading.ok ? reading.value : null };
  });
}

/** Nothing on every field that a directory speaks of. */
export const NOTHING_SAID: readonly Said[] = FIELDS.map((field) => ({ field, value: null }));

/** Who answers for a server, from the entry of a user or a group; undefined for others. */
export function readOwner({ attributes }: DirectoryEntry): Owner | undefined {
  const classes = new Set((attributes.objectclass ?? []).map((name) => name.toLowerCase()));
  const kind = classes.has('group') ? 'team' : classes.has('person') && !classes.has('computer') ? 'person' : undefined;
  const name = attributes.displayname?.[0] ?? attributes.cn?.[0];
  const contact = attributes.mail?.[0];
  if (kind === undefined || name === undefined) return undefined;
  return { kind, name, ...(contact === undefined ? {} : { contact }) };
}

/** An owner whose mail address is none still has a name. */
function allowedOwner({ contact, ...owner }: Owner): Json {
  const whole = { ...owner, ...(contact === undefined ? {} : { contact }) };
  return readStatementValue('owner', whole).ok ? whole : { ...owner };
}

function rolesOf(flags: number, services: ReadonlySet<string>): readonly Role[] {
  const shown = Object.entries(ROLE_SERVICES).flatMap(([service, role]) => (services.has(service) ? [role] : []));
  return (flags & CONTROLLER) === 0 ? shown : [...shown, 'domain-controller'];
}

/** Of each field the word of the nearest unit that says something of it. */
function mappingOf(entry: NameParts, mappings: readonly UnitMapping[]): Omit<UnitMapping, 'ou'> {
  const above = mappings.flatMap(({ ou, ...said }) => {
    const parts = readDistinguishedName(ou);
    return parts !== undefined && isWithin(entry, parts) ? [{ depth: parts.length, said }] : [];
  });
  return Object.assign({}, ...above.sort((a, b) => a.depth - b.depth).map(({ said }) => said));
}

function staleSince(ticks: string | undefined, { staleDays, at }: ReadingRules): Temporal.Instant | undefined {
  if (ticks === undefined || staleDays === 0 || !/^\d{17,18}$/.test(ticks)) return undefined;
  const last = Temporal.Instant.fromEpochMilliseconds(EPOCH_1601_MS + Math.trunc(Number(ticks) / 10_000));
  return isBefore(last, at.subtract({ hours: 24 * staleDays })) ? last : undefined;
}
