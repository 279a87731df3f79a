import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/control.ts';
import { CodedError } from '#contract/errors.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Brake } from '#domain/exception/hold.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findUpdate } from '#server/api/find.ts';
import { nextScan } from '#server/api/next-scan.ts';
import { updateName } from '#server/api/update-row.ts';
import {
  countReach,
  type HolderRow,
  type InstallerRow,
  listBrakes as inForce,
  liftBrake as lift,
  pageOfHolders,
  pageOfInstallers,
  type ServerPlace,
  setBrake as set,
} from '#server/store/brakes.ts';

/** Of so many servers the answer to the brake itself tells; the lists have all. */
const FIRST_PAGE = 100;

export const setBrake: Handler<typeof contract.setBrake> = async (deps, { body }, { name, at }) => {
  const { who = name, why } = body;
  const update = findUpdate(deps, body.update);
  const { updateId } = update;
  if (!update.explicitlyDeployable || update.updateType === 'Category' || update.updateType === 'Detectoid')
    throw new CodedError('usage.wrong', `"${update.title}" is nothing that is offered by itself.`);
  await changeFacts(deps, async (client) => {
    if (!(await set(client, randomUUID(), { updateId, who, why, at })))
      throw new CodedError('conflict.exists', `The brake is on "${update.title}" already.`);
    const facts = { why, ...(await countReach(client, updateId)), token: name };
    return { outcome: undefined, noted: [{ at, who, what: 'brake.set', subject: subjectOf(update), facts }] };
  });
  const [reach, holders, installers] = await Promise.all([
    countReach(deps.pool, updateId),
    holdersPage(deps, updateId, undefined, FIRST_PAGE, at),
    installersPage(deps, updateId, undefined, FIRST_PAGE),
  ]);
  return { update: updateName(update), who, why, at: at.toString(), ...reach, holders, installers };
};

export const listBrakes: Handler<typeof contract.listBrakes> = async (deps) => {
  const brakes = await inForce(deps.pool);
  const items = [];
  for (const brake of brakes)
    items.push({ ...brakeShown(deps, brake), ...(await countReach(deps.pool, brake.updateId)) });
  return { items };
};

export const listHolders: Handler<typeof contract.listHolders> = async (deps, { params, query }, { at }) => {
  const { updateId } = findUpdate(deps, params.update);
  return holdersPage(deps, updateId, placeOf(query.after), query.limit, at);
};

export const listInstalled: Handler<typeof contract.listInstalled> = async (deps, { params, query }) => {
  const { updateId } = findUpdate(deps, params.update);
  return installersPage(deps, updateId, placeOf(query.after), query.limit);
};

export const liftBrake: Handler<typeof contract.liftBrake> = async (deps, { params, query }, { name, at }) => {
  const { who = name, why } = query;
  const update = findUpdate(deps, params.update);
  const { updateId } = update;
  await changeFacts(deps, async (client) => {
    if (!(await lift(client, { updateId, who, why, at })))
      throw new CodedError('not-found', `There is no brake on "${update.title}".`);
    const noted = { at, who, what: 'brake.lifted', subject: subjectOf(update), facts: { why, token: name } };
    return { outcome: undefined, noted: [noted] };
  });
  return { update: updateName(update), who, why, at: at.toString() };
};

async function holdersPage(
  deps: ApiDeps,
  updateId: string,
  after: ServerPlace | undefined,
  limit: number,
  at: Temporal.Instant,
) {
  const rows = await pageOfHolders(deps.pool, updateId, after, limit + 1);
  return pageOf(rows, limit, placeIn, (row) => holderShown(deps, row, at));
}

async function installersPage(deps: ApiDeps, updateId: string, after: ServerPlace | undefined, limit: number) {
  const rows = await pageOfInstallers(deps.pool, updateId, after, limit + 1);
  return pageOf(rows, limit, placeIn, (row) => {
    const { serverId, dnsName, reportedAt } = row;
    return { serverId, dnsName, ...ownerOf(deps, row), ...(reportedAt ? { reportedAt: reportedAt.toString() } : {}) };
  });
}

export function holderShown(deps: ApiDeps, row: HolderRow, at: Temporal.Instant) {
  const { serverId, dnsName, toldAt, deadline, state, lastSync } = row;
  const scan = nextScan(row, at);
  return {
    serverId,
    dnsName,
    ...ownerOf(deps, row),
    toldAt: toldAt.toString(),
    ...(deadline ? { deadline: deadline.toString() } : {}),
    ...(state ? { state } : {}),
    ...(lastSync ? { lastSync: lastSync.toString() } : {}),
    ...(scan ? { nextScan: scan } : {}),
  };
}

function ownerOf({ keeper }: ApiDeps, { customerId }: HolderRow | InstallerRow) {
  const customer = customerId === null ? undefined : keeper.directory().customers.get(customerId);
  return customer ? { customer: customer.name } : {};
}

function brakeShown({ keeper }: ApiDeps, { updateId, who, why, at }: Brake) {
  const update = keeper.current().catalogue.latest(updateId);
  const name = update ? updateName(update) : { updateId, revisionNumber: 0, title: updateId };
  return { update: name, who, why, at: at.toString() };
}

function subjectOf({ updateId, title }: Revision) {
  return { update: updateId, title };
}

function placeOf(cursor: string | undefined): ServerPlace | undefined {
  if (cursor === undefined) return undefined;
  const [dnsName, serverId] = readCursor(z.tuple([z.string().max(260), z.guid()]), cursor);
  return { dnsName, serverId };
}

function placeIn({ dnsName, serverId }: ServerPlace): readonly string[] {
  return [dnsName, serverId];
}
