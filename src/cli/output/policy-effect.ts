import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type { putPolicy } from '#contract/endpoints/catalogue.ts';

type Effect = EndpointResult<typeof putPolicy>['effect'];

/** What a change of the policy means for servers: a sentence, and the updates and customers that it reaches. */
export function effectText({ offered, withdrawn, updates, moreUpdates }: Effect, page: Page): string {
  const heading =
    `Newly offered: ${many(offered.updates, 'update')} to ${many(offered.servers, 'server')}. ` +
    `Withdrawn: ${many(withdrawn.updates, 'update')} from ${many(withdrawn.servers, 'server')}, ` +
    `of which ${withdrawn.holding} hold the offer already.`;
  const rows = updates.map(({ title, offered: news, withdrawn: gone, holding, customers, moreCustomers }) => [
    news,
    gone,
    holding,
    title,
    [...customers.map(({ customer }) => customer), ...(moreCustomers > 0 ? [`${moreCustomers} more`] : [])].join(', '),
  ]);
  const columns = [
    { title: 'Offered', right: true },
    { title: 'Withdrawn', right: true },
    { title: 'Held', right: true },
    { title: 'Update' },
    { title: 'Customers' },
  ] as const;
  return [
    heading,
    ...(rows.length === 0 ? [] : [table(page, columns, rows, '')]),
    ...(moreUpdates > 0 ? [`${many(moreUpdates, 'more update')} not shown.`] : []),
  ].join('\n');
}
