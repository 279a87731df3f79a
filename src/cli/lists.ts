import { wholeNumber } from '#cli/arguments.ts';
import { CodedError } from '#contract/errors.ts';

/** Options of every command that lists. */
export const LIST_OPTIONS = {
  limit: { type: 'string', value: 'N', description: 'how many at most; default 100' },
  after: { type: 'string', value: 'CURSOR', description: 'go on where an earlier list ended: its `next`' },
} as const;

interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next?: string | undefined;
}

const MOST_A_PAGE = 1000;
const MOST = 1_000_000;

/** As many items as were asked for, over as many pages of the API as that takes; `next` where there is more. */
export async function listed<Item>(
  { limit, after }: { readonly limit: string | undefined; readonly after: string | undefined },
  ask: (query: { limit: number; after?: string }) => Promise<ListPage<Item>>,
): Promise<ListPage<Item>> {
  const wanted = wholeNumber(limit, '--limit') ?? 100;
  if (wanted < 1 || wanted > MOST) throw new CodedError('usage.wrong', `--limit: ${wanted} is not from 1 to ${MOST}`);
  const items: Item[] = [];
  let next = after;
  do {
    const page = await ask({
      limit: Math.min(MOST_A_PAGE, wanted - items.length),
      ...(next === undefined ? {} : { after: next }),
    });
    items.push(...page.items);
    next = page.items.length === 0 ? undefined : page.next;
  } while (next !== undefined && items.length < wanted);
  return next === undefined ? { items } : { items, next };
}

/** The line under a list that was cut. */
export function andMore({ items, next }: ListPage<unknown>): string {
  return next === undefined ? '' : `\nThere are more than these ${items.length}: --limit, or --after ${next}`;
}
