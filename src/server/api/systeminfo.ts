import type pg from 'pg';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/systeminfo.ts';
import { changeOf, type Said, type Word } from '#domain/fleet/inventory-change.ts';
import { readServerName, readStatementValue } from '#domain/fleet/inventory-schema.ts';
import { sourceChanges } from '#domain/fleet/source-changes.ts';
import { readSysteminfo as read, type SysteminfoFacts } from '#domain/fleet/systeminfo.ts';
import { change } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { decodeSysteminfo } from '#server/sources/systeminfo/decode.ts';
import { type MachineMatch, matchMachines } from '#server/store/evidence.ts';
import { listStatements } from '#server/store/machines.ts';
import { applyByName } from '#server/store/machines-by-name.ts';

type Answer = EndpointResult<typeof contract.readSysteminfo>;
type Problem = Answer['problems'][number];

/** What one file says of one server. */
interface Told {
  readonly file: string;
  /** The machine's name where it is known, else as the file has it. */
  readonly name: string;
  readonly machineId?: string;
  readonly facts: SysteminfoFacts;
  readonly said: readonly Said[];
}

export const readSysteminfo: Handler<typeof contract.readSysteminfo> = async (deps, { body }, { name: token, at }) => {
  const { files, dryRun, who = token } = body;
  const { customerId } = findCustomer(deps, body.customer);
  const { told, problems } = await readFiles(deps.pool, customerId, files);
  const word: Word = { who, source: 'systeminfo', at };
  const servers = await changesOf(deps.pool, told, word);
  if (dryRun || problems.length > 0) return { applied: false, servers, problems };
  await change(deps, async (client) => {
    await applyByName(client, customerId, new Map(told.map(({ name, said }) => [name, said])), word);
    const changed = servers.filter(({ added, changes }) => added || changes.length > 0).length;
    const facts = { files: files.length, added: servers.filter(({ added }) => added).length, changed, token };
    return { outcome: undefined, noted: [{ at, who, what: 'inventory.systeminfo', subject: {}, facts, customerId }] };
  });
  return { applied: true, servers, problems };
};

/** The servers that the files tell of, each once; what is wrong with the others. */
async function readFiles(
  pool: pg.Pool,
  customerId: string,
  files: readonly { readonly name: string; readonly base64: string }[],
): Promise<{ readonly told: readonly Told[]; readonly problems: Problem[] }> {
  const readings = files.map(({ name, base64 }) => ({
    file: name,
    ...read(decodeSysteminfo(Buffer.from(base64, 'base64'))),
  }));
  const names = readings.flatMap((reading) => (reading.ok ? (nameOf(reading.facts) ?? []) : []));
  const machines = await matchMachines(pool, customerId, names);
  const told = new Map<string, Told>();
  const problems: Problem[] = [];
  for (const reading of readings) {
    const { file } = reading;
    if (!reading.ok) {
      problems.push({ file, ...reading.problem });
      continue;
    }
    const one = toldBy(file, reading.facts, machines);
    const former = typeof one === 'string' ? undefined : told.get(one.name);
    if (typeof one === 'string') problems.push({ file, line: 1, message: one });
    else if (former) problems.push({ file, line: 1, message: `${one.name} has a file already: ${former.file}` });
    else told.set(one.name, one);
  }
  return { told: [...told.values()], problems };
}

/** What a file says, or why nobody knows of whom it speaks. */
function toldBy(file: string, facts: SysteminfoFacts, machines: ReadonlyMap<string, MachineMatch>): Told | string {
  const own = nameOf(facts);
  if (own === undefined) return `"${facts.hostName}" cannot be the name of a server`;
  const match = machines.get(own);
  if (match && 'several' in match) return `${match.several} servers are called ${own}`;
  return { file, name: own, facts, said: saidBy(facts), ...match };
}

function nameOf({ hostName, domain }: SysteminfoFacts): string | undefined {
  return readServerName(domain === undefined ? hostName : `${hostName}.${domain}`);
}

function saidBy({ operatingSystem, model }: SysteminfoFacts): readonly Said[] {
  const values = { operatingSystem, model };
  return (['operatingSystem', 'model'] as const).map((field) => {
    const reading = readStatementValue(field, values[field]);
    return { field, value: reading.ok ? reading.value : null };
  });
}

async function changesOf(pool: pg.Pool, told: readonly Told[], word: Word): Promise<Answer['servers']> {
  const statements = await listStatements(
    pool,
    told.flatMap(({ machineId }) => machineId ?? []),
  );
  return told.map(({ file, name, machineId, facts, said }) => {
    const { operatingSystem, build, model, hotfixes } = facts;
    const current = statements.get(machineId ?? '') ?? [];
    const { fields } = sourceChanges(current, changeOf(current, said, word), word.source);
    return {
      ...{ file, name, added: machineId === undefined, operatingSystem, build, hotfixes: [...hotfixes] },
      ...(model === undefined ? {} : { model }),
      changes: [...fields],
    };
  });
}
