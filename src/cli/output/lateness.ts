import { many } from '#cli/output/amounts.ts';
import { fields, table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type { addPause } from '#contract/endpoints/control.ts';

type Late = Pick<EndpointResult<typeof addPause>, 'servers' | 'lateServers' | 'late'>;

/** What a pause or a freeze makes late, as a table by plan and zone. */
export function lateness({ servers, lateServers, late }: Late, page: Page): string {
  if (late.length === 0) return `No window of its ${many(servers, 'server')} falls into it.`;
  const columns = [
    { title: 'Plan' },
    { title: 'Zone' },
    { title: 'Servers', right: true },
    { title: 'Windows in it', right: true },
    { title: 'First' },
    { title: 'Next after it' },
  ] as const;
  const rows = late.map(({ plan, zone, servers: own, count, windows, next }) => [
    plan,
    zone,
    own,
    count,
    windows[0]?.local,
    next.local,
  ]);
  const heading = fields(page, [['Will be late', `${lateServers} of ${many(servers, 'server')}`]]);
  return `${heading}\n${table(page, columns, rows, '')}`;
}
