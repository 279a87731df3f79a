import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/upstream.ts';
import { CodedError } from '#contract/errors.ts';
import { change } from '#server/api/change.ts';
import { checkedRoots } from '#server/api/checked-roots.ts';
import { readCursor, writeCursor } from '#server/api/cursor.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { type ChoiceView, choiceOf, choiceWarnings, runView, upstreamView } from '#server/api/upstream-view.ts';
import type { Category } from '#server/sources/upstream/categories.ts';
import {
  addChoices,
  findUpstream,
  listUpstreams as listRows,
  removeChoices,
  removeUpstream as removeRow,
  addUpstream as saveUpstream,
  type UpstreamRow,
  changeUpstream as writeSetup,
} from '#server/store/upstream.ts';
import { forgetLists } from '#server/store/upstream-lists.ts';
import { listRefused } from '#server/store/upstream-refused.ts';
import { listPulled, listRuns } from '#server/store/upstream-runs.ts';

/** [MS-WSUSSS] clients have found Microsoft's service here since 2018. */
const MICROSOFT = 'https://sws.update.microsoft.com';
const MOST_CANDIDATES = 20;
const NO_UPDATE = '00000000-0000-0000-0000-000000000000';

export const listUpstreams: Handler<typeof contract.listUpstreams> = async (deps) => {
  const rows = await listRows(deps.pool);
  return { items: await Promise.all(rows.map((row) => upstreamView(deps, row))) };
};

export const showUpstream: Handler<typeof contract.showUpstream> = async (deps, { params }) =>
  upstreamView(deps, await find(deps, params.upstream));

export const addUpstream: Handler<typeof contract.addUpstream> = async (deps, { body }, { name: who, at }) => {
  const { name, kind, languages, enabled, intervalMinutes } = body;
  const given = body.url ?? (kind === 'microsoft' ? MICROSOFT : undefined);
  if (given === undefined) throw new CodedError('usage.wrong', 'url: the address of the upstream is missing');
  const url = rootUrl(given);
  const ca = body.ca === undefined ? null : checkedRoots(body.ca);
  const accountGuid = randomUUID();
  const row = {
    ...{ name, kind, url, ca, languages, enabled, intervalMinutes, accountGuid },
    accountName: kind === 'microsoft' ? accountGuid : qualified(hostname()),
    createdAt: at,
    dueAt: Temporal.Now.instant().add({ minutes: intervalMinutes }),
  };
  await change(deps, async (client) => {
    if ((await saveUpstream(client, row)) === undefined)
      throw new CodedError('conflict.exists', `There is an upstream "${name}" already.`);
    const facts = { kind, url, languages: [...languages], enabled, intervalMinutes };
    return { outcome: undefined, noted: [{ at, who, what: 'upstream.added', subject: { upstream: name }, facts }] };
  });
  return upstreamView(deps, await find(deps, name));
};

export const changeUpstream: Handler<typeof contract.changeUpstream> = async (
  deps,
  { params, body },
  { name: who, at },
) => {
  const before = await find(deps, params.upstream);
  const { upstreamId, name } = before;
  const setup = {
    url: body.url === undefined ? before.url : rootUrl(body.url),
    languages: body.languages ?? before.languages,
    enabled: body.enabled ?? before.enabled,
    intervalMinutes: body.intervalMinutes ?? before.intervalMinutes,
    ca: body.ca === undefined ? before.ca : body.ca && checkedRoots(body.ca),
  };
  await change(deps, async (client) => {
    await writeSetup(client, upstreamId, setup);
    if (setup.url !== before.url) await forgetLists(client, upstreamId); // another server's anchors mean nothing there
    const facts = { from: plain(before), to: plain(setup) };
    return { outcome: undefined, noted: [{ at, who, what: 'upstream.changed', subject: { upstream: name }, facts }] };
  });
  return upstreamView(deps, await find(deps, name));
};

export const removeUpstream: Handler<typeof contract.removeUpstream> = async (deps, { params }, { name: who, at }) => {
  const { upstreamId, name } = await find(deps, params.upstream);
  if ((await listPulled(deps.pool)).has(upstreamId))
    throw new CodedError('upstream.busy', `"${name}" is being pulled; stop that first.`);
  await change(deps, async (client) => {
    await removeRow(client, upstreamId);
    const noted = { at, who, what: 'upstream.removed', subject: { upstream: name }, facts: {} };
    return { outcome: undefined, noted: [noted] };
  });
  return { removed: name };
};

export const listUpstreamCategories: Handler<typeof contract.listUpstreamCategories> = async (deps, { params }) => {
  const { upstreamId, name } = await find(deps, params.upstream);
  return categoriesView(name, await choiceOf(deps, upstreamId));
};

export const chooseCategories: Handler<typeof contract.chooseCategories> = async (
  deps,
  { params, body },
  { name: who, at },
) => {
  const { upstreamId, name } = await find(deps, params.upstream);
  const { tree } = await choiceOf(deps, upstreamId);
  if (tree.length === 0) throw new CodedError('not-found', choiceWarnings(name, NO_CHOICE)[0] ?? '');
  const added = body.add.map((reference) => findCategory(tree, reference));
  const removed = body.remove.map((reference) => findCategory(tree, reference));
  await change(deps, async (client) => {
    await addChoices(client, upstreamId, added.map(idOf));
    await removeChoices(client, upstreamId, removed.map(idOf));
    const facts = { added: added.map(({ title }) => title), removed: removed.map(({ title }) => title) };
    return { outcome: undefined, noted: [{ at, who, what: 'upstream.chosen', subject: { upstream: name }, facts }] };
  });
  return categoriesView(name, await choiceOf(deps, upstreamId));
};

export const startPull: Handler<typeof contract.startPull> = async (deps, { params, body }, { name: who }) => {
  const { upstreamId, name } = await find(deps, params.upstream);
  try {
    if (body.again && !(await listPulled(deps.pool)).has(upstreamId)) await forgetLists(deps.pool, upstreamId);
    return { runId: await deps.upstreams.start(upstreamId, who) };
  } catch (error) {
    const isBusy = error instanceof CodedError && error.code === 'upstream.busy';
    throw isBusy ? new CodedError('upstream.busy', `A pull of "${name}" is under way already.`) : error;
  }
};

export const stopPull: Handler<typeof contract.stopPull> = async (deps, { params }) => {
  const { upstreamId } = await find(deps, params.upstream);
  const isPulled = (await listPulled(deps.pool)).has(upstreamId);
  return { stopping: (await deps.upstreams.stop(upstreamId)) && isPulled };
};

export const listPulls: Handler<typeof contract.listPulls> = async ({ pool, upstreams }, { params, query }) => {
  const { upstreamId } = await find({ pool }, params.upstream);
  const [before] = query.after === undefined ? [Number.MAX_SAFE_INTEGER] : readCursor(z.tuple([z.int()]), query.after);
  const rows = await listRuns(pool, upstreamId, before, query.limit);
  const isPulled = (await listPulled(pool)).has(upstreamId);
  const last = rows.at(-1);
  return {
    items: rows.map((row) => runView(row, isPulled, upstreams.progress(upstreamId))),
    ...(last && rows.length === query.limit ? { next: writeCursor([last.runId]) } : {}),
  };
};

export const listQuarantined: Handler<typeof contract.listQuarantined> = async ({ pool }, { params, query }) => {
  const { upstreamId } = await find({ pool }, params.upstream);
  const [updateId, revisionNumber] =
    query.after === undefined ? [NO_UPDATE, 0] : readCursor(z.tuple([z.guid(), z.int32()]), query.after);
  const rows = await listRefused(pool, upstreamId, { updateId, revisionNumber }, query.limit);
  const last = rows.at(-1);
  return {
    items: rows.map(({ at, ...row }) => ({ ...row, at: at.toString() })),
    ...(last && rows.length === query.limit ? { next: writeCursor([last.updateId, last.revisionNumber]) } : {}),
  };
};

async function find({ pool }: Pick<ApiDeps, 'pool'>, name: string): Promise<UpstreamRow> {
  const upstream = await findUpstream(pool, name);
  if (!upstream) throw new CodedError('not-found', `There is no upstream "${name}".`);
  return upstream;
}

/** A category by id or title; letter case does not count. */
function findCategory(tree: readonly Category[], reference: string): Category {
  const wanted = reference.trim().toLowerCase();
  const found = tree.filter(({ id, title }) => id === wanted || title.toLowerCase() === wanted);
  const [category, second] = found;
  if (category && !second) return category;
  const near = second ? found : tree.filter(({ title }) => title.toLowerCase().includes(wanted));
  const candidates = near.slice(0, MOST_CANDIDATES).map(({ id, type, title }) => `${id}  ${type}  ${title}`);
  if (second) throw new CodedError('ambiguous', `"${reference}" is the title of more than one category.`, candidates);
  throw new CodedError('not-found', `The upstream has listed no category "${reference}".`, candidates);
}

function categoriesView(name: string, choice: ChoiceView) {
  const included = new Set(choice.included.map(idOf));
  return {
    items: choice.tree.map((category) => ({
      ...category,
      chosen: choice.chosen.has(category.id),
      included: included.has(category.id),
    })),
    warnings: choiceWarnings(name, choice),
  };
}

const NO_CHOICE: ChoiceView = { tree: [], chosen: new Set(), included: [] };

function idOf({ id }: Category): string {
  return id;
}

/** The root below which the services' paths come; what operators copy from elsewhere is taken off. */
function rootUrl(text: string): string {
  const url = new URL(text);
  if (url.username || url.password) throw new CodedError('usage.wrong', 'url: no user and no password belongs there');
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/(ServerSync|DssAuth|Client)WebService(\/.*)?$/i, '/');
  return url.href.replace(/\/+$/, '');
}

/** WSUS wants a name with a domain. */
function qualified(name: string): string {
  return name.includes('.') ? name : `${name}.local`;
}

function plain({
  url,
  languages,
  enabled,
  intervalMinutes,
  ca,
}: Pick<UpstreamRow, 'url' | 'languages' | 'enabled' | 'intervalMinutes' | 'ca'>) {
  return { url, languages: [...languages], enabled, intervalMinutes, ownRoots: ca !== null };
}
