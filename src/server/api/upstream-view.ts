import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/upstream.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { type Category, categoryTree, withDescendants } from '#server/sources/upstream/categories.ts';
import { listChoices, type UpstreamRow } from '#server/store/upstream.ts';
import { countPending, listListedCategories } from '#server/store/upstream-lists.ts';
import { countRefused } from '#server/store/upstream-refused.ts';
import { listLastPulls, listPulled, listRuns, type RunRow } from '#server/store/upstream-runs.ts';

type Shown = EndpointResult<typeof contract.showUpstream>;

/** What was listed, and what of it was chosen. */
export interface ChoiceView {
  readonly tree: readonly Category[];
  readonly chosen: ReadonlySet<string>;
  readonly included: readonly Category[];
}

export async function choiceOf({ pool, keeper }: ApiDeps, upstreamId: number): Promise<ChoiceView> {
  const tree = categoryTree(keeper.current().catalogue, await listListedCategories(pool, upstreamId));
  const chosen = new Set(await listChoices(pool, upstreamId));
  return { tree, chosen, included: withDescendants(tree, chosen) };
}

/** What keeps a pull from bringing updates, with the command that mends it. */
export function choiceWarnings(name: string, { tree, included }: ChoiceView): string[] {
  if (tree.length === 0)
    return [`No categories are known yet. Pull them: second-tuesday upstream pull ${quoted(name)}`];
  const classifications = included.filter(({ type }) => type === 'UpdateClassification').length;
  const missing = [
    ...(included.length === classifications ? ['product'] : []),
    ...(classifications === 0 ? ['classification'] : []),
  ];
  if (missing.length === 0) return [];
  const command = `second-tuesday upstream choose ${quoted(name)} TITLE…`;
  return [`No ${missing.join(' and no ')} is chosen, so no updates are pulled. Choose: ${command}`];
}

/** An upstream with all that an operator asks of it first. */
export async function upstreamView(deps: ApiDeps, upstream: UpstreamRow): Promise<Shown> {
  const { pool, upstreams } = deps;
  const { upstreamId, name, kind, url, languages, enabled, intervalMinutes, failures } = upstream;
  const [choice, pending, quarantined, [latest], successes, pulled] = await Promise.all([
    choiceOf(deps, upstreamId),
    countPending(pool, upstreamId),
    countRefused(pool, upstreamId),
    listRuns(pool, upstreamId, Number.MAX_SAFE_INTEGER, 1),
    listLastPulls(pool),
    listPulled(pool),
  ]);
  const included = (wanted: Category['type']): number => choice.included.filter(({ type }) => type === wanted).length;
  const lastSuccess = successes.get(upstreamId)?.toString();
  return {
    name,
    kind,
    url,
    languages: [...languages],
    enabled,
    intervalMinutes,
    ownRoots: upstream.ca !== null,
    account: { name: upstream.accountName, guid: upstream.accountGuid },
    chosen: { products: included('Product'), classifications: included('UpdateClassification') },
    pending,
    quarantined,
    failures,
    warnings: [...addressWarnings(url), ...choiceWarnings(name, choice)],
    ...(enabled ? { nextPull: upstream.dueAt.toString() } : {}),
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
    ...(latest ? { run: runView(latest, pulled.has(upstreamId), upstreams.progress(upstreamId)) } : {}),
  };
}

/** A run; one that is on record as running while nobody pulls was cut off with its process. */
export function runView(
  row: RunRow,
  isPulled: boolean,
  progress: ReturnType<ApiDeps['upstreams']['progress']>,
): NonNullable<Shown['run']> {
  const { runId, startedBy, startedAt, endedAt, code, message, warnings, outcome, ...counts } = row;
  const live = outcome === 'running' && isPulled ? progress : undefined;
  return {
    runId,
    startedBy,
    startedAt: startedAt.toString(),
    outcome: outcome === 'running' && !isPulled ? 'interrupted' : outcome,
    ...counts,
    ...live,
    warnings: [...warnings],
    ...(endedAt === null ? {} : { endedAt: endedAt.toString() }),
    ...(code === null ? {} : { code }),
    ...(message === null ? {} : { message }),
  };
}

function addressWarnings(url: string): string[] {
  return url.startsWith('http:') ? ['The address is plain HTTP: whoever is on the way can change what is pulled.'] : [];
}

function quoted(name: string): string {
  return name.includes(' ') ? `"${name}"` : name;
}
