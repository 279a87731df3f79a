import type pg from 'pg';
import { CodedError } from '#contract/errors.ts';
import type { RecordEntry } from '#domain/evidence/chain.ts';
import { NOTHING_SAID } from '#domain/fleet/directory-computer.ts';
import { isWithin, readDistinguishedName } from '#domain/fleet/distinguished-name.ts';
import { firstLabel } from '#domain/fleet/first-label.ts';
import type { Statement } from '#domain/fleet/inventory.ts';
import { changeOf, type Said, type Word } from '#domain/fleet/inventory-change.ts';
import { type SourceChange, sourceChanges } from '#domain/fleet/source-changes.ts';
import {
  type DirectoryCounts,
  type DirectoryRow,
  giveTargetGroups,
  type KnownMachine,
  listKnownMachines,
} from '#server/store/directories.ts';
import { listStatements } from '#server/store/machines.ts';
import { applyByName } from '#server/store/machines-by-name.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';
import type { DirectoryConnection } from './connection.ts';
import {
  computerSearch,
  type DirectoryReading,
  type ReadServer,
  readServers,
  SERVERS,
  type Skipped,
} from './read-servers.ts';

/** What a reading changes of one server. */
export interface ServerChange {
  readonly name: string;
  readonly kind: 'added' | 'changed' | 'left';
  readonly fields: readonly SourceChange[];
}

/** What a reading found, and what it changes, or would change. */
export interface DirectoryOutcome {
  readonly counts: DirectoryCounts;
  /** The first 5,000 servers with a change, by name. */
  readonly changes: readonly ServerChange[];
  /** The first 1,000 computers that are not taken for servers. */
  readonly skipped: readonly Skipped[];
}

export interface SyncOptions {
  readonly pool: pg.Pool;
  readonly clock: RecordEntry['clock'];
  readonly who: string;
  readonly at: Temporal.Instant;
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** It is true that most servers have left. */
  readonly acceptLeft: boolean;
  readonly onProgress: (entries: number) => void;
  readonly signal: AbortSignal;
}

const BATCH = 1_000;
const MOST_CHANGES = 5_000;
const MOST_SKIPPED = 1_000;
/** Of fewer servers than these, any number may leave at once. */
const FEW = 10;

/** What is to be written. */
interface Work {
  readonly changes: readonly ServerChange[];
  readonly said: ReadonlyMap<string, readonly Said[]>;
  readonly groups: ReadonlyMap<string, string>;
  readonly conflicts: number;
}

/**
 * Reads a directory and takes its word: new servers are added, what it says of known ones is written as statements of the source
 * `directory`, and of servers that left it these statements end. Nothing that another source said is changed. All of it is written in
 * one transaction, or, when it fails or is stopped, nothing.
 */
export async function syncDirectory(
  connection: DirectoryConnection,
  { directoryId, customerId, name: directory, definition }: DirectoryRow,
  options: SyncOptions,
): Promise<DirectoryOutcome> {
  const { pool, who, at, signal, dryRun } = options;
  const filter = definition.filter ?? SERVERS;
  const read = await readServers(connection, { ...definition, filter, at, onProgress: options.onProgress });
  const known = await listKnownMachines(pool, customerId);
  const reading = { ...read, servers: underKnownNames(read.servers, known) };
  const ours = inside(known, definition.base);
  const missing = ours.filter(({ name }) => !reading.servers.has(name));
  if (!options.acceptLeft) checkMissing(missing.length, ours.length, reading);
  const left = await whoLeft(connection, missing, reading, filter);
  const word: Word = { who, source: 'directory', at };
  const work = await compareAll(pool, [...reading.servers.values()], { known, left, word, signal });
  const count = (kind: ServerChange['kind']) => work.changes.filter((change) => change.kind === kind).length;
  const counts: DirectoryCounts = {
    ...{ entries: reading.entries, servers: reading.servers.size, skipped: reading.skipped.length },
    ...{ added: count('added'), changed: count('changed'), left: count('left'), conflicts: work.conflicts },
  };
  signal.throwIfAborted();
  if (!dryRun) {
    const note = { what: 'directory.synced', subject: { directory, directoryId }, facts: { ...counts } };
    await inTransaction(pool, async (client) => {
      await write(client, customerId, work, word);
      await appendRecord(client, [{ ...note, who, at, customerId, clock: options.clock }]);
    });
  }
  return {
    counts,
    changes: work.changes.slice(0, MOST_CHANGES),
    skipped: reading.skipped.slice(0, MOST_SKIPPED),
  };
}

/** The servers under the names of the machines that they are: some are known by the first label of theirs only. */
function underKnownNames(
  servers: DirectoryReading['servers'],
  known: readonly KnownMachine[],
): ReadonlyMap<string, ReadServer> {
  const names = new Set(known.map(({ name }) => name));
  const labels = Map.groupBy(servers.keys(), firstLabel);
  return new Map(
    servers.values().map((server) => {
      const label = firstLabel(server.name);
      const isShort = !names.has(server.name) && names.has(label) && labels.get(label)?.length === 1;
      const name = isShort ? label : server.name;
      return [name, { ...server, name }];
    }),
  );
}

/** The machines that this directory told of: those with an entry below its base. */
function inside(known: readonly KnownMachine[], base: string): KnownMachine[] {
  const above = readDistinguishedName(base) ?? [];
  return known.filter(({ entry }) => {
    const parts = entry === null ? undefined : readDistinguishedName(entry);
    return parts !== undefined && isWithin(parts, above);
  });
}

/** A mistake in base, filter or rights must not end what is known of a fleet. */
function checkMissing(missing: number, ours: number, { servers }: DirectoryReading): void {
  const isMost = missing * 2 > ours && missing >= FEW;
  if (missing === 0 || (servers.size > 0 && !isMost)) return;
  throw new CodedError('directory.shrunk', `${missing} of the ${ours} servers that it told of are missing.`);
}

/** Of the machines that are not in the answer those that are not there either when they are asked for by name: a list may be cut short. */
async function whoLeft(
  connection: DirectoryConnection,
  missing: readonly KnownMachine[],
  { servers, skipped }: DirectoryReading,
  filter: string,
): Promise<KnownMachine[]> {
  const refused = new Set(skipped.map(({ name }) => name.toLowerCase()));
  const renamed = new Set(servers.values().map(({ dn }) => dn));
  const gone: KnownMachine[] = [];
  for (const machine of missing) {
    const entry = machine.entry ?? '';
    const hasLeft = refused.has(machine.name) || renamed.has(entry);
    if (hasLeft || !(await connection.entry(entry, computerSearch(filter)))) gone.push(machine);
  }
  return gone;
}

/** A server that is spoken of: one of the answer, or one that left. */
interface Spoken extends Pick<ReadServer, 'name' | 'said' | 'group'> {
  readonly hasLeft?: true;
}

interface CompareOptions {
  readonly known: readonly KnownMachine[];
  readonly left: readonly KnownMachine[];
  readonly word: Word;
  readonly signal: AbortSignal;
}

async function compareAll(
  pool: pg.Pool,
  servers: readonly ReadServer[],
  { known, left, word, signal }: CompareOptions,
): Promise<Work> {
  const machines = new Map(known.map((machine) => [machine.name, machine]));
  const gone = left.map(({ name }): Spoken => ({ name, said: NOTHING_SAID, hasLeft: true }));
  const spoken: readonly Spoken[] = [...servers, ...gone];
  const compared: Compared[] = [];
  for (let from = 0; from < spoken.length; from += BATCH) {
    signal.throwIfAborted();
    const batch = spoken.slice(from, from + BATCH).map((one) => ({ one, machine: machines.get(one.name) }));
    const statements = await listStatements(
      pool,
      batch.flatMap(({ machine }) => machine?.machineId ?? []),
    );
    for (const { one, machine } of batch)
      compared.push(compareOne(one, machine, statements.get(machine?.machineId ?? '') ?? [], word));
  }
  const news = compared.filter(({ change }) => change.kind === 'added' || change.fields.length > 0);
  return {
    changes: news.map(({ change }) => change).sort(byName),
    said: new Map(news.map(({ change, said }) => [change.name, said])),
    groups: new Map(news.flatMap(({ group }) => group ?? [])),
    conflicts: compared.filter(({ isInConflict }) => isInConflict).length,
  };
}

interface Compared {
  readonly change: ServerChange;
  readonly said: readonly Said[];
  readonly isInConflict: boolean;
  /** Server id, and the target group that it gets. */
  readonly group?: readonly [readonly [string, string]];
}

function compareOne(
  { name, said, group: mapped, hasLeft }: Spoken,
  machine: KnownMachine | undefined,
  statements: readonly Statement[],
  word: Word,
): Compared {
  const { fields, isInConflict } = sourceChanges(statements, changeOf(statements, said, word), word.source);
  const group = groupChange(machine, mapped);
  const kind = hasLeft ? 'left' : machine ? 'changed' : 'added';
  return {
    change: { name, kind, fields: group ? [...fields, group] : fields },
    said,
    isInConflict,
    ...(machine?.serverId && group && !group.believed ? { group: [[machine.serverId, group.to ?? '']] } : {}),
  };
}

/** The change of the target group: only an enrolled server that has none gets one. */
function groupChange(machine: KnownMachine | undefined, group: string | undefined): SourceChange | undefined {
  if (group === undefined || !machine?.serverId || machine.targetGroup === group) return undefined;
  const { targetGroup } = machine;
  return {
    ...{ field: 'group', title: 'Target group', to: group },
    ...(targetGroup === null ? {} : { believed: { source: 'server', text: targetGroup } }),
  };
}

function byName(a: ServerChange, b: ServerChange): number {
  return a.name < b.name ? -1 : 1;
}

async function write(client: pg.PoolClient, customerId: string, { said, groups }: Work, word: Word): Promise<void> {
  await applyByName(client, customerId, said, word);
  const given = [...groups].map(([serverId, group]) => ({ serverId, group }));
  if (given.length > 0) await giveTargetGroups(client, given);
}
