import * as z from 'zod';
import type * as contract from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { comparePublication, type UpdateVerdict, verdictsOf } from '#domain/decide/overview.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { Handler } from '#server/api/deps.ts';
import { findUpdate } from '#server/api/find.ts';
import { localizedTitle } from '#server/api/localized-title.ts';
import { updateRow } from '#server/api/update-row.ts';
import { findPayloads } from '#server/store/payloads.ts';
import { listLocalizedFragments } from '#server/store/update-views.ts';

/** A cursor names the last update by publication and revision id. */
const PLACE = z.tuple([z.iso.datetime(), z.int()]);
/** One definition update replaces hundreds. */
const MOST_RELATED = 100;

export const listUpdates: Handler<typeof contract.listUpdates> = async ({ keeper }, { query }, { at }) => {
  const facts = keeper.current();
  const place = query.after === undefined ? undefined : readCursor(PLACE, query.after);
  const last = place && { published: Temporal.Instant.from(place[0]), revisionId: place[1] };
  const search = query.search?.trim().toLowerCase();
  const listed = verdictsOf(facts, at).filter(
    ({ update, verdict }) =>
      (query.verdict === undefined || verdict === query.verdict) &&
      (!search || update.title.toLowerCase().includes(search) || update.kb === search.replace(/^kb/, '')) &&
      (!last || comparePublication(last, update) < 0),
  );
  return pageOf(
    listed,
    query.limit,
    ({ update }) => [update.published.toString(), update.revisionId],
    (one) => updateRow(one, facts),
  );
};

export const showUpdate: Handler<typeof contract.showUpdate> = async (deps, { params }, { at }) => {
  const { pool, keeper } = deps;
  const facts = keeper.current();
  const { catalogue } = facts;
  const update = findUpdate(deps, params.update);
  const { updateId, eulaId } = update;
  const verdict = verdictsOf(facts, at).find((one) => one.update.updateId === updateId);
  if (!verdict)
    throw new CodedError('not-found', `"${update.title}" is a category, a detectoid or a part of a bundle.`);
  const named = (ids: Iterable<UpdateId>): string[] =>
    [...ids].slice(0, MOST_RELATED).map((id) => nameOf(id, catalogue));
  const revisions = catalogue.revisions.values().filter((revision) => revision.updateId === updateId);
  return {
    ...updateRow(verdict, facts),
    reason: verdict.reason,
    persons: (facts.persons.get(updateId) ?? []).map(({ decision, customerId, who, why, at: said }) => {
      const customer = customerId === undefined ? undefined : keeper.directory().customers.get(customerId)?.name;
      return { decision, who, why, at: said.toString(), ...(customer === undefined ? {} : { customer }) };
    }),
    supersedes: named(update.supersedes),
    supersededBy: named(catalogue.successors(updateId)),
    prerequisites: update.prerequisites.map(({ anyOf }) => named(anyOf)),
    files: await filesOf(pool, verdict, catalogue),
    eulaAccepted: eulaId === undefined || facts.acceptedEulas.has(eulaId),
    texts: (await listLocalizedFragments(pool, update.revisionId)).map(({ language, escaped }) => ({
      language,
      title: localizedTitle(escaped),
    })),
    revisions: [...revisions.map(({ revisionNumber }) => revisionNumber)].sort((a, b) => a - b),
    ...(eulaId === undefined ? {} : { eula: eulaId }),
  };
};

async function filesOf(pool: Parameters<typeof findPayloads>[0], { update }: UpdateVerdict, catalogue: Catalogue) {
  const files = catalogue.payload(update);
  const rows = await findPayloads(
    pool,
    files.map(({ sha1 }) => sha1),
  );
  const known = new Map(rows.map((row) => [row.sha1, row]));
  return files.map(({ name, size, sha1, sha256 }) => ({
    name,
    size,
    sha1,
    held: Boolean(known.get(sha1)?.heldAt),
    microsoft: Boolean(known.get(sha1)?.microsoftUrl),
    ...(sha256 === undefined ? {} : { sha256 }),
  }));
}

/** Title and id, for people and for programs. */
function nameOf(id: UpdateId, catalogue: Catalogue): string {
  const update = catalogue.latest(id);
  return update ? `${update.title} (${id})` : id;
}
