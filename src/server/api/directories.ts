import { randomUUID } from 'node:crypto';
import { FilterParser } from 'ldapts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/directory.ts';
import { CodedError } from '#contract/errors.ts';
import type { UnitMapping } from '#domain/fleet/directory-computer.ts';
import { readDistinguishedName } from '#domain/fleet/distinguished-name.ts';
import { change } from '#server/api/change.ts';
import { checkedRoots } from '#server/api/checked-roots.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findCustomer } from '#server/api/find.ts';
import { SERVERS } from '#server/integrations/directory/read-servers.ts';
import {
  changeDirectory as changeRow,
  type DirectoryDefinition,
  type DirectoryRow,
  listDirectories as listRows,
  removeDirectory as removeRow,
  addDirectory as saveDirectory,
} from '#server/store/directories.ts';

export const listDirectories: Handler<typeof contract.listDirectories> = async (deps) => ({
  items: (await listRows(deps.pool)).map((row) => view(deps, row)),
});

export const showDirectory: Handler<typeof contract.showDirectory> = async (deps, { params }) =>
  view(deps, await find(deps, params.directory));

export const addDirectory: Handler<typeof contract.addDirectory> = async (deps, { body }, { name: token, at }) => {
  const { name, customer, password, who = token, filter, ca, ...rest } = body;
  const { customerId } = findCustomer(deps, customer);
  const definition = checked({
    ...rest,
    ...(filter === undefined ? {} : { filter }),
    ...(ca === undefined ? {} : { ca }),
  });
  const row = { directoryId: randomUUID(), customerId, name, definition, changedAt: at };
  await change(deps, async (client) => {
    if (!(await saveDirectory(client, { ...row, secret: deps.secrets.seal(password) })))
      throw new CodedError('conflict.exists', `There is a directory "${name}" already.`);
    const facts = { ...plain(definition), token };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'directory.added', subject: subject(row), facts, customerId }],
    };
  });
  return view(deps, await find(deps, name));
};

export const changeDirectory: Handler<typeof contract.changeDirectory> = async (
  deps,
  { params, body },
  { name: token, at },
) => {
  const before = await find(deps, params.directory);
  const { password, who = token, filter, ca, ...given } = body;
  const { filter: oldFilter, ca: oldCa, ...old } = before.definition;
  const kept = (now: string | null | undefined, then: string | undefined) =>
    now === undefined ? then : (now ?? undefined);
  const newFilter = kept(filter, oldFilter);
  const newCa = kept(ca, oldCa);
  const definition = checked({
    ...old,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(newFilter === undefined ? {} : { filter: newFilter }),
    ...(newCa === undefined ? {} : { ca: newCa }),
  });
  // Else who may change a directory, and does not know the password, could have it sent to a machine of their own.
  if (password === undefined && !definition.urls.every((url) => before.definition.urls.includes(url)))
    throw new CodedError('usage.wrong', 'password: give it again with a new address; it was given for the others');
  const { directoryId, customerId } = before;
  const secret = password === undefined ? before.secret : deps.secrets.seal(password);
  await change(deps, async (client) => {
    await changeRow(client, { directoryId, definition, secret, changedAt: at });
    const facts = { from: plain(before.definition), to: plain(definition), newPassword: password !== undefined, token };
    const noted = { at, who, what: 'directory.changed', subject: subject(before), facts, customerId };
    return { outcome: undefined, noted: [noted] };
  });
  return view(deps, await find(deps, before.name));
};

export const removeDirectory: Handler<typeof contract.removeDirectory> = async (
  deps,
  { params, query },
  { name: token, at },
) => {
  const row = await find(deps, params.directory);
  const { who = token } = query;
  deps.directories.stop(row.directoryId);
  await change(deps, async (client) => {
    await removeRow(client, row.directoryId);
    const { customerId } = row;
    const noted = { at, who, what: 'directory.removed', subject: subject(row), facts: { token }, customerId };
    return { outcome: undefined, noted: [noted] };
  });
  return { removed: row.name };
};

export const syncDirectory: Handler<typeof contract.syncDirectory> = async (
  deps,
  { params, body },
  { name: token },
) => {
  const { directoryId } = await find(deps, params.directory);
  const { dryRun, acceptLeft, who = token } = body;
  const { counts, changes, skipped } = await deps.directories.sync(directoryId, { who, dryRun, acceptLeft });
  const shown = changes.map(({ fields, ...one }) => ({ ...one, fields: [...fields] }));
  return { dryRun, counts, changes: shown, skipped: [...skipped] };
};

export const stopDirectory: Handler<typeof contract.stopDirectory> = async (deps, { params }) => {
  const { directoryId } = await find(deps, params.directory);
  return { stopping: deps.directories.stop(directoryId) };
};

async function find({ pool }: Pick<ApiDeps, 'pool'>, name: string): Promise<DirectoryRow> {
  const wanted = name.toLowerCase();
  const row = (await listRows(pool)).find((one) => one.name.toLowerCase() === wanted);
  if (!row) throw new CodedError('not-found', `There is no directory "${name}".`);
  return row;
}

/** Refuses what the contract cannot see: names, filters, addresses and certificates that are none. */
function checked(definition: DirectoryDefinition): DirectoryDefinition {
  const { urls, base, filter, ca, mappings } = definition;
  for (const [place, dn] of [['base', base], ...mappings.map(({ ou }, at) => [`mappings.${at}.ou`, ou])] as const) {
    if (!readDistinguishedName(dn ?? ''))
      throw new CodedError(
        'usage.wrong',
        `${place}: "${dn}" is not a distinguished name such as OU=Servers,DC=corp,DC=example`,
      );
  }
  if (filter !== undefined) checkFilter(filter);
  return { ...definition, urls: urls.map(rootUrl), ...(ca === undefined ? {} : { ca: checkedRoots(ca) }) };
}

function checkFilter(filter: string): void {
  try {
    FilterParser.parseString(filter);
  } catch {
    throw new CodedError('usage.wrong', `filter: "${filter}" is not a filter such as ${SERVERS}`);
  }
}

function rootUrl(text: string): string {
  const url = new URL(text);
  if (url.username || url.password) throw new CodedError('usage.wrong', 'urls: no user and no password belongs there');
  if (!url.hostname) throw new CodedError('usage.wrong', `urls: "${text}" names no host`);
  return `${url.protocol}//${url.host}`;
}

function view({ keeper, directories }: ApiDeps, row: DirectoryRow): EndpointResult<typeof contract.showDirectory> {
  const { name, customerId, directoryId, changedAt, lastRun, definition } = row;
  const { ca, mappings, urls, ...rest } = definition;
  const entries = directories.progress(directoryId);
  return {
    name,
    customer: keeper.directory().customers.get(customerId)?.name ?? customerId,
    filter: SERVERS,
    ...rest,
    urls: [...urls],
    mappings: mappings.map(plainMapping),
    ownRoots: ca !== undefined,
    changedAt: changedAt.toString(),
    ...(entries === undefined ? {} : { reading: { entries } }),
    ...(lastRun === null ? {} : { lastRun }),
  };
}

function subject({ directoryId, name }: Pick<DirectoryRow, 'directoryId' | 'name'>) {
  return { directory: name, directoryId };
}

/** What the record says of a definition. */
function plain({ urls, mappings, ca, ...rest }: DirectoryDefinition) {
  return { ...rest, urls: [...urls], mappings: mappings.map(plainMapping), ownRoots: ca !== undefined };
}

function plainMapping({ roles, ...mapping }: UnitMapping) {
  return { ...mapping, ...(roles ? { roles: [...roles] } : {}) };
}
