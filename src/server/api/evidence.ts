import * as z from 'zod';
import type * as contract from '#contract/endpoints/evidence.ts';
import { CodedError } from '#contract/errors.ts';
import { toldInstant } from '#domain/readiness/evidence.ts';
import { change } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { evidenceShown } from '#server/api/evidence-shown.ts';
import { checkZone, findCustomer } from '#server/api/find.ts';
import { type EvidenceLine, readEvidence } from '#server/sources/backup/read-evidence.ts';
import type { LineProblem } from '#server/sources/backup/read-table.ts';
import {
  addEvidence as add,
  countKnown,
  type EvidenceOf,
  type MachineMatch,
  matchMachines,
  pageOfEvidence,
} from '#server/store/evidence.ts';

/** Of all that is wrong, so much is told. */
const MOST_PROBLEMS = 100;

export const addEvidence: Handler<typeof contract.addEvidence> = async (deps, { body }, { name, at }) => {
  const { customerId } = findCustomer(deps, body.customer);
  const { who = name } = body;
  const problems: string[] = [];
  const matches = await matchMachines(deps.pool, customerId, names(body.evidence));
  const told = body.evidence.flatMap(({ server, ...one }, place): EvidenceOf[] => {
    const machine = matches.get(server.toLowerCase());
    const moment = toldInstant(Temporal.Instant.from(one.at), at);
    const wrong =
      noMachine(server, machine) ?? (moment.ok ? undefined : `${one.at} ${moment.problem}; it is ${at} now`);
    if (wrong !== undefined) problems.push(`evidence.${place}: ${wrong}`);
    return moment.ok && isMachine(machine) ? [{ ...one, machineId: machine.machineId, at: moment.at }] : [];
  });
  if (problems.length > 0) throw refused(problems);
  const added = await keep(deps, told, { customerId, who, source: 'api', at, facts: { token: name } });
  return { added, known: told.length - added };
};

export const importEvidence: Handler<typeof contract.importEvidence> = async (deps, { body }, { name, at }) => {
  const { customerId, zone: customersZone } = findCustomer(deps, body.customer);
  const { who = name, zone = customersZone, text, kind, dates, apply } = body;
  checkZone(zone);
  const { form, lines, running, problems } = readEvidence(text, { zone, now: at, kind, order: dates });
  const matches = await matchMachines(deps.pool, customerId, names(lines));
  const wrong = [...problems, ...unknownServers(lines, matches)].sort((a, b) => a.line - b.line);
  if (apply && wrong.length > 0) throw refused(wrong.map(({ line, message }) => `line ${line}: ${message}`));
  const told = lines.flatMap(({ server, evidence }): EvidenceOf[] => {
    const machine = matches.get(server);
    return isMachine(machine) ? evidence.map((one) => ({ ...one, machineId: machine.machineId })) : [];
  });
  const known = await countKnown(deps.pool, told, form);
  const facts = { token: name, lines: lines.length, zone };
  const added = apply ? await keep(deps, told, { customerId, who, source: form, at, facts }) : told.length - known;
  return {
    ...{ form, zone, running, added },
    applied: apply,
    lines: lines.length,
    servers: new Set(told.map(({ machineId }) => machineId)).size,
    known: told.length - added,
    problems: wrong.slice(0, MOST_PROBLEMS),
    problemCount: wrong.length,
  };
};

export const listEvidence: Handler<typeof contract.listEvidence> = async (deps, { query }) => {
  const { customerId } = findCustomer(deps, query.customer);
  const { server, kind, after, limit } = query;
  const machine = (await matchMachines(deps.pool, customerId, [server.toLowerCase()])).get(server.toLowerCase());
  if (!isMachine(machine)) throw new CodedError('not-found', noMachine(server, machine) ?? '');
  const [at, evidenceId] = after === undefined ? [] : readCursor(z.tuple([z.iso.datetime(), z.guid()]), after);
  const place =
    at === undefined || evidenceId === undefined ? undefined : { at: Temporal.Instant.from(at), evidenceId };
  const rows = await pageOfEvidence(deps.pool, { machineId: machine.machineId, kind, after: place, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.at.toString(), last.evidenceId], evidenceShown);
};

interface Keeping {
  readonly customerId: string;
  readonly who: string;
  readonly source: 'api' | 'csv' | 'veeam';
  readonly at: Temporal.Instant;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** So many go into one statement. */
const STRETCH = 5_000;

async function keep(deps: ApiDeps, told: readonly EvidenceOf[], keeping: Keeping): Promise<number> {
  const { customerId, who, source, at, facts } = keeping;
  const ordered = told.toSorted((a, b) => a.machineId.localeCompare(b.machineId)); // two imports lock machines in one order
  return change(deps, async (client) => {
    let added = 0;
    for (let from = 0; from < ordered.length; from += STRETCH)
      added += await add(client, ordered.slice(from, from + STRETCH), { source, who, at });
    const servers = new Set(told.map(({ machineId }) => machineId)).size;
    const noted = {
      at,
      who,
      what: 'evidence.told',
      subject: { source },
      facts: { ...facts, added, servers },
      customerId,
    };
    return { outcome: added, noted: added > 0 ? [noted] : [] };
  });
}

function names(told: readonly { readonly server: string }[]): string[] {
  return [...new Set(told.map(({ server }) => server.toLowerCase()))];
}

type Machine = Extract<MachineMatch, { readonly machineId: string }>;

function isMachine(match: MachineMatch | undefined): match is Machine {
  return match !== undefined && 'machineId' in match;
}

/** What is wrong with a name; undefined for one that means one machine. */
function noMachine(name: string, match: MachineMatch | undefined): string | undefined {
  if (match === undefined) return `the customer has no server "${name}"`;
  return isMachine(match) ? undefined : `the customer has ${match.several} servers "${name}"; give the whole DNS name`;
}

function unknownServers(
  lines: readonly EvidenceLine[],
  matches: ReadonlyMap<string, MachineMatch>,
): readonly LineProblem[] {
  return lines.flatMap(({ line, server }) => {
    const message = noMachine(server, matches.get(server));
    return message === undefined ? [] : [{ line, message }];
  });
}

function refused(problems: readonly string[]): CodedError {
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  return new CodedError(
    'evidence.invalid',
    `Nothing was kept: ${problems[0]}${more}.`,
    problems.slice(0, MOST_PROBLEMS),
  );
}
