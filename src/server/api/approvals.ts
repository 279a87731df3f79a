import type * as contract from '#contract/endpoints/approvals.ts';
import { CodedError } from '#contract/errors.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { decide } from '#domain/decide/decide.ts';
import { isBefore } from '#domain/instants.ts';
import { instantOf } from '#server/api/as-of.ts';
import { changeFacts } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer, findServer, findUpdate } from '#server/api/find.ts';
import { knownServer } from '#server/api/reported.ts';
import { updateName } from '#server/api/update-row.ts';
import { approvalsRecorder } from '#server/jobs/approvals.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import { acceptEula as saveAcceptance } from '#server/store/eulas.ts';
import { countServersByCustomer } from '#server/store/fleet-views.ts';
import { type Circumstances, endPersonDecision, savePersonDecision } from '#server/store/person-decisions.ts';
import type { ServerRow } from '#server/store/servers.ts';

const WORDS = { approve: 'approval.given', decline: 'approval.declined' } as const;

export const decidePerson: Handler<typeof contract.decidePerson> = async (deps, { body }, { name, at }) => {
  const { decision, who = name, why } = body;
  const update = findDecidable(deps, body.update);
  const reach = await findReach(deps, body.customer, body.server);
  await sayWord(deps, { update, reach, decision, who, why, at, token: name });
  return { ...updateName(update), decision };
};

export const requestApproval: Handler<typeof contract.requestApproval> = async (deps, { body }, { name, at }) => {
  const { who = name, why, requestedBy, acceptedBy, acceptance } = body;
  const update = findDecidable(deps, body.update);
  const reach = await findReach(deps, body.customer, body.server);
  const requestedAt = instantOf(body.requestedAt);
  if (isBefore(at, requestedAt)) throw new CodedError('usage.wrong', `requestedAt: ${requestedAt} is in the future.`);
  const request = { requestedBy, requestedAt, acceptedBy, acceptance };
  await sayWord(deps, { update, reach, decision: 'approve', who, why, at, token: name, request });
  const { customer, server } = reach;
  return {
    ...updateName(update),
    level: server ? 'server' : 'customer',
    customer: customer?.name ?? '',
    ...(server ? { server: server.dnsName } : {}),
    request: { ...request, requestedAt: requestedAt.toString() },
    effect: await effectOf(deps, update, reach, at),
  };
};

export const withdrawPerson: Handler<typeof contract.withdrawPerson> = async (
  deps,
  { params, query },
  { name, at },
) => {
  const { who = name, why } = query;
  const update = findUpdate(deps, params.update);
  const reach = await findReach(deps, query.customer, query.server);
  await changeFacts(deps, async (client) => {
    if (!(await endPersonDecision(client, update.updateId, levelOf(reach), { at, who, why }))) {
      const whom = reach.server?.dnsName ?? reach.customer?.name ?? 'all customers';
      throw new CodedError('not-found', `No person's word on "${update.title}" is in force for ${whom}.`);
    }
    const { customerId } = levelOf(reach);
    const noted = {
      at,
      who,
      what: 'approval.withdrawn',
      subject: subjectOf(update, reach),
      facts: { why, token: name },
    };
    return { outcome: undefined, noted: [{ ...noted, customerId }] };
  });
  await recordVerdicts(deps, at);
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

/** What follows for all, on record at once. The word itself is in force already: a failure here is made up for by the background. */
async function recordVerdicts(deps: ApiDeps, at: Temporal.Instant): Promise<void> {
  await approvalsRecorder(deps)
    .catchUp(at)
    .catch((error: Error) => deps.log.warn({ reason: error.message }, 'approvals were not put on record yet'));
}

/** For whom a word is meant; without a customer, for all. */
interface Reach {
  readonly customer?: CustomerRow;
  readonly server?: ServerRow;
}

interface Word extends Circumstances {
  readonly update: Revision;
  readonly reach: Reach;
  readonly decision: 'approve' | 'decline';
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
  readonly token: string;
}

/** Puts a person's word in force; the verdicts that follow from it are on record when this resolves. */
async function sayWord(deps: ApiDeps, { update, reach, decision, who, why, at, token, request }: Word): Promise<void> {
  const level = levelOf(reach);
  const policyVersion = deps.keeper.policy().version;
  const said = { decision, who, why, at, atCustomersRisk: request !== undefined, ...level };
  const asked = request && { ...request, requestedAt: request.requestedAt.toString() };
  await changeFacts(deps, async (client) => {
    await savePersonDecision(client, update.updateId, said, { policyVersion, ...(request ? { request } : {}) });
    const facts = { why, policyVersion, token, request: asked ?? null };
    const what = request ? 'approval.requested' : WORDS[decision];
    const { customerId } = level;
    return { outcome: undefined, noted: [{ at, who, what, subject: subjectOf(update, reach), facts, customerId }] };
  });
  await recordVerdicts(deps, at);
}

function findDecidable(deps: ApiDeps, name: string): Revision {
  const update = findUpdate(deps, name);
  if (!update.explicitlyDeployable || update.updateType === 'Category' || update.updateType === 'Detectoid') {
    throw new CodedError('usage.wrong', `"${update.title}" is nothing that can be approved or declined by itself.`);
  }
  return update;
}

/** A server alone names its customer too; a server of somebody else is refused. */
async function findReach(deps: ApiDeps, customerName?: string, serverName?: string): Promise<Reach> {
  const named = customerName === undefined ? undefined : findCustomer(deps, customerName);
  if (serverName === undefined) return named ? { customer: named } : {};
  const server = await findServer(deps, serverName);
  const owner = server.customerId === null ? undefined : deps.keeper.directory().customers.get(server.customerId);
  if (!owner) throw new CodedError('usage.wrong', `server: "${server.dnsName}" belongs to no customer yet.`);
  if (named && named.customerId !== owner.customerId)
    throw new CodedError('usage.wrong', `server: "${server.dnsName}" is not one of the customer "${named.name}".`);
  return { customer: owner, server };
}

function levelOf({ customer, server }: Reach) {
  return {
    ...(customer ? { customerId: customer.customerId } : {}),
    ...(server ? { serverId: server.serverId } : {}),
  };
}

function subjectOf(update: Revision, { customer, server }: Reach) {
  return {
    update: update.updateId,
    title: update.title,
    customer: customer?.name ?? null,
    ...(server ? { server: server.serverId, dnsName: server.dnsName } : {}),
  };
}

/** What follows from an approval, in one sentence. */
async function effectOf(
  deps: ApiDeps,
  update: Revision,
  { customer, server }: Reach,
  at: Temporal.Instant,
): Promise<string> {
  if (!server) {
    const servers = (await countServersByCustomer(deps.pool)).get(customer?.customerId ?? '') ?? 0;
    const whom = `It is approved for ${customer?.name} (servers: ${servers})`;
    return deps.keeper.current().brakes.has(update.updateId)
      ? `${whom}, but the brake is on it: nobody is offered it until that is lifted.`
      : `${whom}; each server takes it in a window of its plan, where nothing else holds it.`;
  }
  const { server: facts } = await knownServer(deps, server, at);
  const decision = decide(facts, update, deps.keeper.current(), at);
  return decision.offered
    ? `It is approved for ${server.dnsName}, which is offered it at its next scan.`
    : `It is approved for ${server.dnsName}, which is not offered it yet: ${decision.reasons[0].text}`;
}
