import { CodedError } from '#contract/errors.ts';
import {
  COMPUTER_ATTRIBUTES,
  type DirectoryServer,
  directoryWord,
  type ReadingRules,
  readComputer,
  readOwner,
} from '#domain/fleet/directory-computer.ts';
import { isWithin, type NameParts, readDistinguishedName } from '#domain/fleet/distinguished-name.ts';
import type { Owner } from '#domain/fleet/inventory.ts';
import type { Said } from '#domain/fleet/inventory-change.ts';
import type { DirectoryConnection, Search } from './connection.ts';

/** What is read of a directory. */
export interface ReadingOptions extends ReadingRules {
  /** Distinguished name below which computers are looked for. */
  readonly base: string;
  /** Which of the computers there. */
  readonly filter: string;
  /** Hears how many entries were read so far. */
  readonly onProgress: (entries: number) => void;
}

/** A server of the directory, and all that the directory says of it. */
export interface ReadServer extends Pick<DirectoryServer, 'name' | 'dn'> {
  readonly said: readonly Said[];
  /** Target group that its place in the directory gives it. */
  readonly group?: string;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface DirectoryReading {
  /** By name; of two entries with one name the first counts. */
  readonly servers: ReadonlyMap<string, ReadServer>;
  readonly skipped: readonly Skipped[];
  readonly entries: number;
}

/** Computers that run a server's Windows. */
export const SERVERS = '(operatingSystem=*Server*)';
const MOST_ENTRIES = 200_000;
const MOST_OWNERS = 20_000;
const OWNER = { filter: '(objectClass=*)', attributes: ['objectClass', 'cn', 'displayName', 'mail'] };

/** The search for the computers that a filter lets through. */
export function computerSearch(filter: string): Search {
  return { filter: `(&(objectCategory=computer)${filter})`, attributes: COMPUTER_ATTRIBUTES };
}

/**
 * Reads the servers of a directory, and who answers for them: whoever manages the computer, else whoever manages the nearest
 * organizational unit. Throws `directory.base` when the base or a mapped unit is not there, and `directory.limit` at 200,001 computers.
 */
export async function readServers(connection: DirectoryConnection, options: ReadingOptions): Promise<DirectoryReading> {
  await checkNames(connection, [options.base, ...options.mappings.map(({ ou }) => ou)]);
  const servers = new Map<string, DirectoryServer>();
  const skipped: Skipped[] = [];
  let entries = 0;
  for await (const page of connection.pages(options.base, computerSearch(options.filter))) {
    entries += page.length;
    if (entries > MOST_ENTRIES) throw new CodedError('directory.limit', `more than ${MOST_ENTRIES} computers`);
    for (const entry of page) {
      const reading = readComputer(entry, options);
      if (!reading.ok) skipped.push(reading);
      else if (servers.has(reading.server.name)) skipped.push(twice(reading.server, servers));
      else servers.set(reading.server.name, reading.server);
    }
    options.onProgress(entries);
  }
  const ownerOf = await readOwners(connection, options.base, [...servers.values()]);
  const read = servers.values().map((server): ReadServer => {
    const { name, dn, mapping } = server;
    const said = directoryWord(server, ownerOf(server));
    return { name, dn, said, ...(mapping.group === undefined ? {} : { group: mapping.group }) };
  });
  return { servers: new Map(read.map((server) => [server.name, server])), skipped, entries };
}

function twice({ name, dn }: DirectoryServer, servers: ReadonlyMap<string, DirectoryServer>): Skipped {
  return { name, reason: `"${dn}" has the name of "${servers.get(name)?.dn}"` };
}

async function checkNames(connection: DirectoryConnection, names: readonly string[]): Promise<void> {
  for (const dn of names) {
    if (!(await connection.entry(dn, { filter: '(objectClass=*)', attributes: ['objectClass'] })))
      throw new CodedError('directory.base', `There is no "${dn}".`);
  }
}

/** Who answers for each server. Every owner is asked for once. */
async function readOwners(
  connection: DirectoryConnection,
  base: string,
  servers: readonly DirectoryServer[],
): Promise<(server: DirectoryServer) => Owner | undefined> {
  const units = await readUnits(connection, base);
  const nameOf = (server: DirectoryServer) =>
    server.managedBy ?? units.find(({ parts }) => isWithin(server.parts, parts))?.managedBy;
  const wanted = new Set(servers.flatMap((server) => nameOf(server) ?? []));
  const owners = new Map<string, Owner | undefined>();
  for (const dn of [...wanted].slice(0, MOST_OWNERS)) {
    const entry = await connection.entry(dn, OWNER);
    owners.set(dn, entry && readOwner(entry));
  }
  return (server) => owners.get(nameOf(server) ?? '');
}

interface Unit {
  readonly parts: NameParts;
  readonly managedBy: string;
}

/** The organizational units that somebody manages, the deepest first. */
async function readUnits(connection: DirectoryConnection, base: string): Promise<Unit[]> {
  const units: Unit[] = [];
  const search = { filter: '(&(objectClass=organizationalUnit)(managedBy=*))', attributes: ['managedBy'] };
  for await (const page of connection.pages(base, search)) {
    for (const { dn, attributes } of page) {
      const parts = readDistinguishedName(dn);
      const managedBy = attributes.managedby?.[0];
      if (parts && managedBy !== undefined) units.push({ parts, managedBy });
    }
    if (units.length > MOST_OWNERS) break;
  }
  return units.sort((a, b) => b.parts.length - a.parts.length);
}
