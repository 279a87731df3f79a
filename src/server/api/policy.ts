import * as z from 'zod';
import type * as contract from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';
import { comparePolicies, type VerdictChange } from '#domain/approval/compare.ts';
import type { Policy } from '#domain/approval/policy.ts';
import { readPolicy } from '#domain/approval/policy-file.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import type { Target } from '#domain/fleet/server.ts';
import { asOfInstant } from '#server/api/as-of.ts';
import { changeFacts } from '#server/api/change.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { listTargets } from '#server/store/fleet-views.ts';
import { addPolicy, findPolicyAsOf, type PolicyRow, listPolicies as pageOfPolicies } from '#server/store/policies.ts';

/** What policies are compared on while no server has registered: today's versions of Windows Server. */
const USUAL_TARGETS: readonly Target[] = [14393, 17763, 20348, 26100].map((osBuild) => ({ osBuild, productType: 3 }));
const NEWEST = 2 ** 31 - 1;

export const showPolicy: Handler<typeof contract.showPolicy> = async ({ pool, keeper }, { query }, { at }) => {
  const { version, asOf } = query;
  if (version !== undefined && asOf !== undefined)
    throw new CodedError('usage.wrong', 'asOf: name a version or a day, not both.');
  if (asOf !== undefined) {
    const policy = await findPolicyAsOf(pool, asOfInstant(asOf, at));
    if (!policy) throw new CodedError('not-found', `No policy was in force on ${asOf} yet.`);
    return shown(policy);
  }
  if (version === undefined) return shown(keeper.policy());
  const [policy] = version < NEWEST ? await pageOfPolicies(pool, version + 1, 1) : [];
  if (policy?.version !== version) throw new CodedError('not-found', `There is no version ${version} of the policy.`);
  return shown(policy);
};

export const listPolicies: Handler<typeof contract.listPolicies> = async ({ pool }, { query: { after, limit } }) => {
  const [before] = after === undefined ? [NEWEST] : readCursor(z.tuple([z.int32()]), after);
  const rows = await pageOfPolicies(pool, before, limit);
  const last = rows.at(-1);
  const more = last !== undefined && rows.length === limit && last.version > 1;
  return {
    items: rows.map((row) => {
      const { yaml: _text, ...rest } = shown(row);
      return rest;
    }),
    ...(more ? { next: writeCursor([last.version]) } : {}),
  };
};

export const testPolicy: Handler<typeof contract.testPolicy> = async (deps, { body }, { at }) => {
  const compared = deps.keeper.current().catalogue.deployable.length;
  const reading = readPolicy(body.yaml);
  if (!reading.ok) return { problems: [...reading.problems], changes: [], compared };
  const changes = await compare(deps, reading.policy, at);
  return { problems: [], changes: changes.map(changeShown), compared };
};

export const putPolicy: Handler<typeof contract.putPolicy> = async (deps, { body }, { name, at }) => {
  const { yaml, who = name, why } = body;
  const reading = readPolicy(yaml);
  if (!reading.ok) {
    const details = reading.problems.map(({ line, column, path, message }) =>
      [`line ${line}, column ${column}:`, ...(path ? [`${path}:`] : []), message].join(' '),
    );
    throw new CodedError('policy.invalid', `The policy does not read: ${details[0]}`, details);
  }
  const from = deps.keeper.policy().version;
  const changes = await compare(deps, reading.policy, at);
  const version = await changeFacts(deps, async (client) => {
    const added = await addPolicy(client, { yaml, who, why, at });
    const facts = { from, why, changedVerdicts: changes.length, token: name };
    return { outcome: added, noted: [{ at, who, what: 'policy.changed', subject: { version: added }, facts }] };
  });
  return { version, changes: changes.length };
};

async function compare({ pool, keeper }: ApiDeps, after: Policy, at: Temporal.Instant): Promise<VerdictChange[]> {
  const { policy, catalogue } = keeper.current();
  const known = (await listTargets(pool)).map(
    ({ osBuild, productType }): Target => ({ osBuild, ...(productType === null ? {} : { productType }) }),
  );
  return comparePolicies(policy, after, catalogue, known.length > 0 ? known : USUAL_TARGETS, at);
}

function changeShown({ update, targets, from, to }: VerdictChange) {
  return {
    updateId: update.updateId,
    title: update.title,
    from: from.verdict,
    to: to.verdict,
    fromRule: from.rule,
    toRule: to.rule,
    target: [...new Set(targets.map(operatingSystem))].join(', '),
  };
}

function shown({ version, yaml, who, why, at }: PolicyRow) {
  return { version, yaml, who, why, at: at.toString() };
}
