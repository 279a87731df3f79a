import type pg from 'pg';
import * as z from 'zod';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';
import type { Policy } from '#domain/approval/policy.ts';
import { readPolicy } from '#domain/approval/policy-file.ts';
import { asOfInstant } from '#server/api/as-of.ts';
import { changeFacts } from '#server/api/change.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { problemLines } from '#server/api/file-problems.ts';
import { changesShown, effectShown, type Preview, previewPolicy } from '#server/api/policy-preview.ts';
import {
  addPolicy,
  approvePolicy as approve,
  findPolicy,
  findPolicyAsOf,
  findPolicyVersion,
  lockPolicy,
  type PolicyRow,
  listPolicies as pageOfPolicies,
} from '#server/store/policies.ts';

const NEWEST = 2 ** 31 - 1;

type PolicyState = EndpointResult<typeof contract.showPolicy>['state'];

export const showPolicy: Handler<typeof contract.showPolicy> = async ({ pool, keeper }, { query }, { at }) => {
  const { version, asOf } = query;
  if (version !== undefined && asOf !== undefined)
    throw new CodedError('usage.wrong', 'asOf: name a version or a day, not both.');
  const inForce = keeper.policy();
  if (asOf !== undefined) {
    const policy = await findPolicyAsOf(pool, asOfInstant(asOf, at));
    if (!policy) throw new CodedError('not-found', `No policy was in force on ${asOf} yet.`);
    return { ...shown(policy, inForce), yaml: policy.yaml };
  }
  const policy = version === undefined ? inForce : await findVersion(pool, version);
  return { ...shown(policy, inForce), yaml: policy.yaml };
};

export const listPolicies: Handler<typeof contract.listPolicies> = async (deps, { query: { after, limit } }) => {
  const [before] = after === undefined ? [NEWEST] : readCursor(z.tuple([z.int32()]), after);
  const rows = await pageOfPolicies(deps.pool, before, limit);
  const last = rows.at(-1);
  const more = last !== undefined && rows.length === limit && last.version > 1;
  const inForce = deps.keeper.policy();
  return { items: rows.map((row) => shown(row, inForce)), ...(more ? { next: writeCursor([last.version]) } : {}) };
};

export const testPolicy: Handler<typeof contract.testPolicy> = async (deps, { body }, { at }) => {
  const { policy, catalogue } = deps.keeper.current();
  const compared = catalogue.deployable.length;
  const waits = policy.twoPersons === true;
  const yaml = 'yaml' in body ? body.yaml : (await findVersion(deps.pool, body.version)).yaml;
  const reading = readPolicy(yaml);
  if (!reading.ok) return { problems: [...reading.problems], changes: [], changed: 0, compared, waits };
  const { changes, effect } = await previewPolicy(deps, reading.policy, at);
  const told = { changes: changesShown(changes), changed: changes.length, effect: effectShown(deps, effect) };
  return { problems: [], ...told, compared, waits };
};

export const putPolicy: Handler<typeof contract.putPolicy> = async (deps, { body }, { name, at }) => {
  const { yaml, who = name, why } = body;
  const preview = await previewPolicy(deps, read(yaml), at);
  const { version, waits } = await changeFacts(deps, async (client) => {
    await lockPolicy(client);
    const inForce = await findPolicy(client);
    const waits = inForce !== undefined && read(inForce.yaml).twoPersons === true;
    const version = await addPolicy(client, { yaml, who, why, at, token: name, waits });
    const facts = { from: inForce?.version ?? 0, why, ...figures(preview), token: name };
    const what = waits ? 'policy.proposed' : 'policy.changed';
    return { outcome: { version, waits }, noted: [{ at, who, what, subject: { version }, facts }] };
  });
  return { version, changes: preview.changes.length, waits, effect: effectShown(deps, preview.effect) };
};

export const approvePolicy: Handler<typeof contract.approvePolicy> = async (deps, { params, body }, { name, at }) => {
  const { version } = params;
  const { who = name, why } = body;
  const waiting = await findVersion(deps.pool, version);
  const preview = await previewPolicy(deps, read(waiting.yaml), at);
  await changeFacts(deps, async (client) => {
    await lockPolicy(client);
    const inForce = await findPolicy(client);
    if (waiting.approvedAt !== null || (inForce && inForce.version > version))
      throw new CodedError('policy.not-waiting', `Version ${version} of the policy does not wait: ${whyNot(waiting)}.`);
    if (waiting.token === name)
      throw new CodedError('policy.same-person', `The token "${name}" wrote version ${version} of the policy itself.`);
    if (!(await approve(client, { version, who, at })))
      throw new CodedError('policy.not-waiting', `Version ${version} of the policy was approved just now.`);
    const facts = { from: inForce?.version ?? 0, author: waiting.who, why, ...figures(preview), token: name };
    return { outcome: undefined, noted: [{ at, who, what: 'policy.approved', subject: { version }, facts }] };
  });
  return { version, changes: preview.changes.length, effect: effectShown(deps, preview.effect) };
};

/** The policy of a text that must read; `policy.invalid` with every problem else. */
function read(yaml: string): Policy {
  const reading = readPolicy(yaml);
  if (reading.ok) return reading.policy;
  const details = problemLines(reading.problems);
  throw new CodedError('policy.invalid', `The policy does not read: ${details[0]}`, details);
}

async function findVersion(pool: pg.Pool, version: number): Promise<PolicyRow> {
  const policy = await findPolicyVersion(pool, version);
  if (!policy) throw new CodedError('not-found', `There is no version ${version} of the policy.`);
  return policy;
}

function whyNot({ approvedBy }: PolicyRow): string {
  return approvedBy === null ? 'a later version is in force' : `${approvedBy} approved it`;
}

/** What the record keeps of a preview. */
function figures({ changes, effect: { offered, withdrawn } }: Preview) {
  return { changedVerdicts: changes.length, offered, withdrawn };
}

function shown(row: PolicyRow, inForce: PolicyRow) {
  const { version, who, why, at, approvedBy, approvedAt } = row;
  return {
    version,
    state: stateOf(row, inForce),
    who,
    why,
    at: at.toString(),
    ...(approvedBy === null ? {} : { approvedBy }),
    ...(approvedAt === null ? {} : { approvedAt: approvedAt.toString() }),
  };
}

function stateOf({ version, approvedAt }: PolicyRow, inForce: PolicyRow): PolicyState {
  if (version === inForce.version) return 'in-force';
  if (approvedAt !== null) return 'former';
  return version > inForce.version ? 'waiting' : 'passed-over';
}
