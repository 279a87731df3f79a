import { CodedError } from '#contract/errors.ts';
import type { RevisionFilter, WsusssResponseTo } from '#protocol/wsusss/types.ts';
import { inTransaction } from '#server/store/pool.ts';
import { listChoices } from '#server/store/upstream.ts';
import {
  addListedCategories,
  addPending,
  type FilterEntry,
  type FilterKind,
  findAnchor,
  type ListKind,
  listListedCategories,
  openFilter,
  openList,
  setFilter,
} from '#server/store/upstream-lists.ts';
import { UpstreamFault } from './call.ts';
import { categoryTree, withDescendants } from './categories.ts';
import type { PullContext } from './pull-context.ts';

const NO_FILTER = { get63LanguageOnly: false, categories: [], classifications: [], languages: [] } as const;

/** Asks for categories, classifications and detectoids ([MS-WSUSSS] 3.1.4.5, GetConfig) and notes which are to be fetched. */
export async function listCategories(context: PullContext): Promise<void> {
  const anchor = await findAnchor(context.pool, context.upstream.upstreamId, 'categories');
  const filter = { ...NO_FILTER, getConfig: true, ...(anchor === undefined ? {} : { anchor }) };
  await list(context, 'categories', filter);
}

/**
 * Asks for the updates of what was chosen and notes which are to be fetched; what was chosen after the anchor is asked for in full
 * (Delta=false). Without a product or without a classification there is nothing to ask: false.
 */
export async function listUpdates(context: PullContext): Promise<boolean> {
  const { pool, upstream } = context;
  const wanted = [...(await chosenFilter(context)), ...languageFilter(context)];
  const has = (kind: FilterKind): boolean => wanted.some((entry) => entry.kind === kind);
  if (!has('category') || !has('classification')) return false;
  const anchor = await findAnchor(pool, upstream.upstreamId, 'updates');
  const entries = await inTransaction(pool, (client) => setFilter(client, upstream.upstreamId, wanted));
  await list(context, 'updates', filterOf(entries, anchor));
  return true;
}

async function chosenFilter({ pool, upstream, catalogue }: PullContext): Promise<Omit<FilterEntry, 'covered'>[]> {
  const listed = await listListedCategories(pool, upstream.upstreamId);
  const tree = categoryTree(catalogue(), listed);
  const chosen = new Set(await listChoices(pool, upstream.upstreamId));
  return withDescendants(tree, chosen).map(({ id, type }) => ({
    kind: type === 'UpdateClassification' ? 'classification' : 'category',
    id,
  }));
}

/** The chosen languages as the upstream numbers them; none: all. Throws `upstream.language`. */
function languageFilter({ upstream, session }: PullContext): Omit<FilterEntry, 'covered'>[] {
  const known = new Map(session.config.languages.map(({ shortName, id }) => [shortName.toLowerCase(), id]));
  return upstream.languages.map((name) => {
    const id = known.get(name.toLowerCase());
    if (id !== undefined) return { kind: 'language', id: String(id) };
    const names = [...known.keys()].filter((one) => one !== 'all').join(', ');
    throw new CodedError('upstream.language', `"${name}" is not among the upstream's languages: ${names}`);
  });
}

function filterOf(entries: readonly FilterEntry[], anchor: string | undefined): RevisionFilter {
  const of = (kind: FilterKind) =>
    entries
      .filter((entry) => entry.kind === kind)
      .map(({ id, covered }) => ({ id, delta: covered && anchor !== undefined }));
  return {
    ...NO_FILTER,
    getConfig: false,
    categories: of('category'),
    classifications: of('classification'),
    languages: of('language').map(({ id, delta }) => ({ id: Number(id), delta })),
    ...(anchor === undefined ? {} : { anchor }),
  };
}

/** An upstream that no longer knows our anchor lists everything, which costs time and loses nothing. */
async function list(context: PullContext, kind: ListKind, filter: RevisionFilter): Promise<void> {
  const { session } = context;
  const answer = await session.ask('GetRevisionIdList', { filter }).catch((error: unknown) => {
    const isAnchor = error instanceof UpstreamFault && error.fault.errorCode === 'InvalidParameters';
    if (!isAnchor || filter.anchor === undefined) throw error;
    return session.ask('GetRevisionIdList', { filter: withoutAnchor(filter) });
  });
  await receive(context, kind, answer);
}

async function receive(
  { pool, upstream: { upstreamId }, tally }: PullContext,
  kind: ListKind,
  { anchor, newRevisions }: WsusssResponseTo<'GetRevisionIdList'>,
): Promise<void> {
  const added = await inTransaction(pool, async (client) => {
    await openList(client, upstreamId, kind, anchor);
    if (kind === 'updates') await openFilter(client, upstreamId);
    else
      await addListedCategories(
        client,
        upstreamId,
        newRevisions.map(({ updateId }) => updateId),
      );
    return addPending(client, upstreamId, newRevisions);
  });
  tally.wants(added);
}

function withoutAnchor({ anchor: _forgotten, ...filter }: RevisionFilter): RevisionFilter {
  const full = <T extends { readonly delta: boolean }>(entries: readonly T[]): T[] =>
    entries.map((entry) => ({ ...entry, delta: false }));
  return {
    ...filter,
    categories: full(filter.categories),
    classifications: full(filter.classifications),
    languages: full(filter.languages),
  };
}
