import type * as contract from '#contract/endpoints/decision.ts';
import { CodedError } from '#contract/errors.ts';
import { changeFacts } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { findCustomer, findUpdate } from '#server/api/find.ts';
import { updateName } from '#server/api/update-row.ts';
import { acceptEula as saveAcceptance } from '#server/store/eulas.ts';
import { removePersonDecision, savePersonDecision } from '#server/store/person-decisions.ts';

const WORDS = { approve: 'approval.given', decline: 'approval.declined' } as const;

export const decidePerson: Handler<typeof contract.decidePerson> = async (deps, { body }, { name, at }) => {
  const { decision, who = name, why, atCustomersRisk } = body;
  const update = findUpdate(deps, body.update);
  if (!update.explicitlyDeployable || update.updateType === 'Category' || update.updateType === 'Detectoid') {
    throw new CodedError('usage.wrong', `"${update.title}" is nothing that can be approved or declined by itself.`);
  }
  const customer = body.customer === undefined ? undefined : findCustomer(deps, body.customer);
  if (atCustomersRisk && !customer)
    throw new CodedError('usage.wrong', 'atCustomersRisk: name the customer who asked for it.');
  const customerId = customer?.customerId;
  const said = { decision, who, why, at, atCustomersRisk, ...(customerId === undefined ? {} : { customerId }) };
  await changeFacts(deps, async (client) => {
    await savePersonDecision(client, update.updateId, said);
    const subject = { update: update.updateId, title: update.title, customer: customer?.name ?? null };
    const facts = { why, atCustomersRisk, policyVersion: deps.keeper.policy().version, token: name };
    return { outcome: undefined, noted: [{ at, who, what: WORDS[decision], subject, facts, customerId }] };
  });
  return { ...updateName(update), decision };
};

export const withdrawPerson: Handler<typeof contract.withdrawPerson> = async (
  deps,
  { params, query },
  { name: who, at },
) => {
  const update = findUpdate(deps, params.update);
  const customer = query.customer === undefined ? undefined : findCustomer(deps, query.customer);
  const customerId = customer?.customerId;
  await changeFacts(deps, async (client) => {
    if (!(await removePersonDecision(client, update.updateId, customerId))) {
      throw new CodedError(
        'not-found',
        `No person decided on "${update.title}" for ${customer?.name ?? 'all customers'}.`,
      );
    }
    const subject = { update: update.updateId, title: update.title, customer: customer?.name ?? null };
    const noted = { at, who, what: 'approval.withdrawn', subject, facts: { why: query.why }, customerId };
    return { outcome: undefined, noted: [noted] };
  });
  return updateName(update);
};

export const acceptEula: Handler<typeof contract.acceptEula> = async (
  deps,
  { params: { eula }, body },
  { name, at },
) => {
  const { who = name } = body;
  const { deployable } = deps.keeper.current().catalogue;
  const updates = deployable.filter(({ eulaId }) => eulaId === eula);
  if (updates.length === 0)
    throw new CodedError('not-found', `No update in the catalogue has the licence terms ${eula}.`);
  await changeFacts(deps, async (client) => {
    const isNew = await saveAcceptance(client, eula, who, at);
    const facts = { updates: updates.length, token: name };
    return { outcome: undefined, noted: isNew ? [{ at, who, what: 'eula.accepted', subject: { eula }, facts }] : [] };
  });
  return { eula, updates: updates.length };
};
