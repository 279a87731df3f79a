import { inTransaction } from '#server/store/pool.ts';
import { closeLists, countPending, forgetLists } from '#server/store/upstream-lists.ts';
import { countWithoutPrerequisite, newestRevision } from '#server/store/upstream-references.ts';
import { fetchPending } from './fetch-updates.ts';
import { listCategories, listUpdates } from './list-revisions.ts';
import type { PullContext } from './pull-context.ts';
import { UpstreamChanged } from './session.ts';

/** An upstream that says again and again that it has changed is not waited for. */
const MOST_CHANGES = 2;

/**
 * One pull: what an earlier one left first, then the categories that are new, then the updates of what was chosen. Everything that
 * came stays, however this ends; an anchor moves only when all that was listed before it is in. Throws what `Session.ask` throws.
 */
export async function pull(context: PullContext): Promise<void> {
  if (context.session.hasChanged) await beginAnew(context);
  for (let changes = 0; ; changes++) {
    try {
      return await pullOnce(context);
    } catch (error) {
      if (!(error instanceof UpstreamChanged) || changes >= MOST_CHANGES) throw error;
      await beginAnew(context);
    }
  }
}

async function beginAnew({ pool, upstream, tally }: PullContext): Promise<void> {
  await forgetLists(pool, upstream.upstreamId);
  const warning = 'The upstream is not what it was: everything was listed again.';
  if (!tally.warnings.includes(warning)) tally.warnings.push(warning);
}

async function pullOnce(context: PullContext): Promise<void> {
  const { pool, upstream, tally } = context;
  tally.enter('categories');
  const newest = await newestRevision(pool);
  const left = await countPending(pool, upstream.upstreamId);
  tally.wants(left);
  await finish(context, left > 0);
  await listCategories(context);
  await finish(context, false);
  tally.enter('updates');
  if (await listUpdates(context)) await finish(context, true);
  else tally.warnings.push(NOTHING_CHOSEN(upstream.name));
  const lacking = await countWithoutPrerequisite(pool, newest);
  if (lacking > 0) tally.warnings.push(LACKING(lacking));
}

/** Fetches what is pending, closes the lists that are complete by that, and lets the service decide by it. */
async function finish(context: PullContext, lookForParts: boolean): Promise<void> {
  const { pool, upstream, tally } = context;
  await context.note();
  await fetchPending(context, lookForParts);
  await inTransaction(pool, (client) => closeLists(client, upstream.upstreamId));
  if (tally.now().imported > 0) await context.publish();
}

const NOTHING_CHOSEN = (name: string): string =>
  `Only categories were pulled: no product or no classification is chosen. See \`second-tuesday upstream categories ${name}\`, ` +
  `then \`second-tuesday upstream choose ${name} "Windows Server 2019" "Security Updates"\`.`;

const LACKING = (revisions: number): string =>
  `${revisions} of the new revisions name a prerequisite that no upstream has listed; more products or classifications may bring it.`;
