import { bytes, many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type { listUpstreamCategories, showUpstream } from '#contract/endpoints/upstream.ts';

export type Upstream = EndpointResult<typeof showUpstream>;
export type Run = NonNullable<Upstream['run']>;
type Categories = EndpointResult<typeof listUpstreamCategories>;

const ENDINGS: Readonly<Record<Run['outcome'], string>> = {
  running: 'under way',
  done: 'done',
  stopped: 'stopped; the next pull goes on there',
  failed: 'failed',
  interrupted: 'interrupted; the next pull goes on there',
};

/** An upstream and its latest pull, for people. */
export function upstreamText(upstream: Upstream, page: Page): string {
  const { chosen, run, languages, quarantined, failures } = upstream;
  const upstreamFields = fields(page, [
    ['Upstream', `${upstream.name} (${upstream.kind})`],
    ['Address', upstream.url],
    ['Known there as', `${upstream.account.name} (${upstream.account.guid})`],
    ['Languages', languages.length === 0 ? 'all' : languages.join(', ')],
    ['Chosen', `${many(chosen.products, 'product')}, ${many(chosen.classifications, 'classification')}`],
    ['Pulled', upstream.enabled ? `every ${upstream.intervalMinutes / 60} h` : 'only by hand'],
    ['Next pull', upstream.nextPull === undefined ? undefined : utc(upstream.nextPull)],
    ['Last success', upstream.lastSuccess === undefined ? 'never' : utc(upstream.lastSuccess)],
    ['Failed since', failures > 0 ? many(failures, 'pull') : undefined],
    ['Pending', upstream.pending > 0 ? many(upstream.pending, 'revision') : undefined],
    ['In quarantine', quarantined > 0 ? `${many(quarantined, 'revision')}; see \`upstream quarantine\`` : undefined],
    ['Latest pull', run ? `${utc(run.startedAt)} by ${run.startedBy}` : 'none'],
  ]);
  return [upstreamFields, ...(run ? [runText(run, page)] : []), ...warningLines(upstream.warnings, page)].join('\n');
}

/** A pull and what came of it. */
export function runText(run: Run, page: Page): string {
  const counts = fields(page, [
    ['Pull', runLine(run)],
    ['Imported', run.imported],
    ['Unchanged', run.unchanged || undefined],
    ['Refused', run.refused || undefined],
    ['Received', `${bytes(run.bytes)} in ${many(run.requests, 'answer')}`],
    ['Waits', run.note],
    ['Reason', run.message === undefined ? undefined : `${run.message} (${run.code})`],
  ]);
  return [counts, ...warningLines(run.warnings, page)].join('\n');
}

/** `under way: updates, 1200 of 20000 revisions`. */
export function runLine({ outcome, phase, done, listed }: Run): string {
  const where = outcome === 'running' ? `: ${phase}` : '';
  return `${ENDINGS[outcome]}${where}${listed > 0 ? `, ${done} of ${many(listed, 'revision')}` : ''}`;
}

/** The tree of categories with marks; ids are for those titles that fit more than one. */
export function categoriesText({ items, warnings }: Categories, page: Page): string {
  const rows = items.map(({ title, type, depth, chosen, included, id }) => [
    chosen ? '*' : included ? '+' : '',
    `${'  '.repeat(depth)}${title}`,
    TYPES[type],
    id,
  ]);
  const columns = [{ title: '' }, { title: 'Title' }, { title: 'Type' }, { title: 'Id' }] as const;
  return [table(page, columns, rows, 'None.'), ...warningLines(warnings, page)].join('\n');
}

const TYPES: Readonly<Record<Categories['items'][number]['type'], string>> = {
  Company: 'company',
  ProductFamily: 'family',
  Product: 'product',
  UpdateClassification: 'classification',
};

function warningLines(warnings: readonly string[], page: Page): string[] {
  return warnings.map((warning) => hanging(page, '! ', warning));
}
