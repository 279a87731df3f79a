import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import * as z from 'zod';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/inventory.ts';
import { CodedError } from '#contract/errors.ts';
import { CSV_COLUMNS, csvLine, fieldText, writeLine } from '#domain/fleet/csv-columns.ts';
import { type CsvLine, type CsvProblem, type CsvServer, mergeLines } from '#domain/fleet/csv-import.ts';
import { sameValue } from '#domain/fleet/effective.ts';
import type { Inventory, InventoryField, Statement } from '#domain/fleet/inventory.ts';
import { movesServer, type Word } from '#domain/fleet/inventory-change.ts';
import { INVENTORY_FIELDS } from '#domain/fleet/inventory-schema.ts';
import { namesMeant } from '#domain/fleet/names-meant.ts';
import { attention } from '#server/api/attention.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { fleet } from '#server/api/fleet-counts.ts';
import { machinesAfter } from '#server/api/inventory-find.ts';
import { MOST_CSV_BYTES, readCsv } from '#server/sources/inventory/read-csv.ts';
import { matchMachines } from '#server/store/evidence.ts';
import {
  type Applied,
  addMachines,
  applyToMachines,
  previewStatements,
  type SaidOfMachine,
  touchInventory,
} from '#server/store/machines.ts';
import { listMachines, listOwnSettings, type OwnSettings } from '#server/store/machines-views.ts';

type ImportResult = EndpointResult<typeof contract.importInventory>;
type ImportItem = ImportResult['items'][number];
type Counts = ImportResult['counts'];

/** So many problems are told one by one: all that the reading of a file finds, and as many contradictions. */
const PROBLEMS_TOLD = 20_000;
const BATCH = 2_000;

/** Without a machine id the server is new. */
interface Named {
  readonly machineId?: string;
}

/** A server of the file. */
type Target = CsvServer & Named;

export const importInventory: Handler<typeof contract.importInventory> = async (deps, { query, body }, caller) => {
  const { customerId } = findCustomer(deps, query.customer);
  const { text, who = caller.name, why } = body;
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_CSV_BYTES)
    throw new CodedError('request.too-large', `The file has ${bytes} bytes, more than ${MOST_CSV_BYTES}.`);
  const targets = await readTargets(deps, text, customerId);
  const word: Word = { who, source: 'csv', at: caller.at };
  if (query.apply === 'false') {
    const from = query.after === undefined ? 0 : readCursor(z.tuple([z.number()]), query.after)[0];
    return preview(deps, targets, word, { from, limit: query.limit });
  }
  const counts = await change(deps, async (client) => {
    const outcome = await apply(client, customerId, targets, word);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const facts = { ...outcome, why, token: caller.name, sha256, bytes };
    const noted = { at: caller.at, who, what: 'inventory.imported', subject: {}, facts, customerId };
    return { outcome, noted: [noted] };
  });
  fleet.forget(deps);
  attention.forget(deps);
  return { applied: true, counts, items: [] };
};

export const exportInventory: Handler<typeof contract.exportInventory> = async (deps, { query }) => {
  const { customerId } = findCustomer(deps, query.customer);
  const { limit, after } = query;
  const rows = await listMachines(deps.pool, { after: machinesAfter(after), limit: limit + 1 }, { customerId });
  const page = pageOf(
    rows,
    limit,
    (last) => [last.name, last.machineId],
    ({ name, profile }) => csvLine(writeLine(name, profile)),
  );
  return { ...page, header: csvLine(CSV_COLUMNS) };
};

/** The servers of a file, each with the machine that it names; `inventory.invalid` with every problem. */
async function readTargets(deps: ApiDeps, text: string, customerId: string): Promise<readonly Target[]> {
  const directory = deps.keeper.directory();
  const planNames = directory.plans.map(({ name }) => name);
  const plans = { names: planNames, has: (name: string) => directory.plan(name, customerId) !== undefined };
  const { lines, problems: wrong } = await readCsv(text, plans);
  const names = new Set(lines.map(({ name }) => name));
  const meant = namesMeant(names, await matchMachines(deps.pool, customerId, [...names]));
  const problems: CsvProblem[] = [...wrong];
  const known = lines.flatMap((line): (CsvLine & Named)[] => {
    const one = meant.get(line.name);
    if (one && 'name' in one) return [{ ...line, ...one }];
    const message = `${one?.several} servers are called ${line.name}; write the whole name`;
    problems.push({ line: line.line, column: 'server', message });
    return [];
  });
  const ids = new Map(known.map(({ name, machineId }) => [name, machineId]));
  const { servers, problems: contradictions } = mergeLines(known, (name) => ids.get(name) ?? name);
  problems.push(...contradictions);
  if (problems.length > 0) throw refusal(problems);
  return servers.map((server) => {
    const machineId = ids.get(server.name);
    return machineId === undefined ? server : { ...server, machineId };
  });
}

function refusal(problems: readonly CsvProblem[]): CodedError {
  const told = problems.toSorted((a, b) => a.line - b.line).slice(0, PROBLEMS_TOLD);
  const details = told.map(({ line, column, message }) => `line ${line}: ${column ? `${column}: ` : ''}${message}`);
  const more = problems.length - told.length;
  const count = problems.length === 1 ? 'The file has a problem' : `The file has ${problems.length} problems`;
  return new CodedError('inventory.invalid', `${count}; nothing was changed.`, [
    ...details,
    ...(more > 0 ? [`and ${more} more`] : []),
  ]);
}

/** What the file would change, server by server in the order of its lines: those after the place `from`, at most `limit`. */
async function preview(
  { pool }: ApiDeps,
  targets: readonly Target[],
  word: Word,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<ImportResult> {
  const counts = noCounts();
  const items: ImportItem[] = [];
  let next: string | undefined;
  for (let start = 0; start < targets.length; start += BATCH) {
    const batch = targets.slice(start, start + BATCH);
    const applied = await previewStatements(pool, batch.map(said), word);
    const ids = batch.flatMap(({ machineId }) => machineId ?? []);
    const own = await listOwnSettings(pool, ids);
    for (const [at, target] of batch.entries()) {
      const outcome = applied[at];
      if (!outcome) continue;
      const item = itemOf(target, outcome, own.get(outcome.machineId));
      count(counts, item);
      if (start + at < from || (item.changes.length === 0 && !item.added)) continue;
      if (items.length < limit) items.push(item);
      else next ??= writeCursor([start + at]);
    }
  }
  return { applied: false, counts, items, ...(next === undefined ? {} : { next }) };
}

/** Makes all changes of the file. Machines are taken in the order of their ids: two that do so never wait for each other. */
async function apply(
  client: pg.PoolClient,
  customerId: string,
  targets: readonly Target[],
  word: Word,
): Promise<Counts> {
  const counts = noCounts();
  const names = targets.filter(({ machineId }) => machineId === undefined).map(({ name }) => name);
  const added = new Map<string, string>();
  if (names.length > 0)
    for (const { name, machineId } of await addMachines(client, customerId, names, word.at)) added.set(name, machineId);
  const known = targets
    .map((target) => ({
      target,
      machine: { name: target.name, machineId: target.machineId ?? added.get(target.name) ?? '' },
    }))
    .sort((a, b) => (a.machine.machineId < b.machine.machineId ? -1 : 1));
  let moved = names.length > 0;
  for (let start = 0; start < known.length; start += BATCH) {
    const batch = known.slice(start, start + BATCH);
    const spoken = batch.map(({ target, machine }) => ({ machine, statements: target.statements }));
    const applied = await applyToMachines(client, spoken, word);
    for (const [at, { target }] of batch.entries()) if (applied[at]) count(counts, itemOf(target, applied[at]));
    moved ||= applied.some(({ changed }) => movesServer(changed));
  }
  if (moved) await touchInventory(client);
  return counts;
}

/** A new server is known by an id that nobody else has, so that nothing was said of it. */
function said({ name, machineId = randomUUID(), statements }: Target): SaidOfMachine {
  return { machine: { name, machineId }, statements };
}

function itemOf(
  { name, line, machineId, statements }: Target,
  { change: { begun, ended, before, after, conflicts } }: Applied,
  own?: OwnSettings,
): ImportItem {
  const replaced = own ? replacedOf(own, before, after) : {};
  const spoken = new Set<InventoryField>([...begun.map(({ field }) => field), ...ended]);
  const inConflict = new Set(conflicts.map(({ field }) => field));
  const changes = statements
    .filter(
      ({ field, value }) =>
        spoken.has(field) && !(sameValue(before[field], after[field]) && sameValue(before[field], value ?? undefined)),
    )
    .map(({ field, value }) => ({
      field,
      title: INVENTORY_FIELDS[field].title,
      ...textAs('from', field, before[field]),
      ...(field in replaced ? { from: replaced[field] } : {}),
      ...textAs('to', field, value ?? undefined),
      ...(sameValue(after[field], value ?? undefined) ? {} : textAs('believed', field, after[field])),
      conflict: inConflict.has(field),
    }));
  return { line, name, added: machineId === undefined, changes };
}

/** What was set on the server itself and gives way to what the file says, by the field that takes its place. */
function replacedOf({ plan, ownerMail }: OwnSettings, before: Inventory, after: Inventory) {
  const replaced: Partial<Record<InventoryField, string>> = {};
  if (plan !== null && before.window !== after.window && plan !== before.window) replaced.window = plan;
  const [then, now] = [before.owner?.contact, after.owner?.contact];
  if (ownerMail !== null && then !== now && ownerMail !== then)
    replaced.owner = [...(before.owner ? [fieldText('owner', before.owner)] : []), ownerMail].join(', ');
  return replaced;
}

function textAs<Name extends string>(name: Name, field: InventoryField, value: Statement['value'] | undefined) {
  return (value === undefined ? {} : { [name]: fieldText(field, value as never) }) as { readonly [K in Name]?: string };
}

function noCounts(): Counts {
  return { servers: 0, added: 0, changed: 0, unchanged: 0, conflicts: 0 };
}

function count(counts: Counts, { added, changes }: ImportItem): void {
  counts.servers += 1;
  counts[added ? 'added' : changes.length > 0 ? 'changed' : 'unchanged'] += 1;
  if (changes.some(({ conflict }) => conflict)) counts.conflicts += 1;
}
