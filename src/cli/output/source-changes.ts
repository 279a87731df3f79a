import { table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import type { readSysteminfo } from '#contract/endpoints/systeminfo.ts';

type SourceChange = EndpointResult<typeof readSysteminfo>['servers'][number]['changes'][number];

/** A server and what becomes of its fields. */
export interface ChangedServer {
  readonly name: string;
  /** What becomes of it as a whole, e.g. that it is new. */
  readonly what: string;
  readonly fields: readonly SourceChange[];
}

/** A line a field: what its source said and says, and who else is believed. */
export function changesTable(page: Page, servers: readonly ChangedServer[], none: string): string {
  const columns = [
    { title: 'Server' },
    { title: 'What' },
    { title: 'Field' },
    { title: 'Was' },
    { title: 'Is' },
    { title: '' },
  ] as const;
  const rows = servers.flatMap(({ name, what, fields }) =>
    fields.length === 0
      ? [[name, what, undefined, undefined, undefined, undefined]]
      : fields.map(({ title, from, to, believed }) => [
          ...[name, what, title, from, to ?? 'nothing any more'],
          believed && `${believed.text} stays: that is the word of ${believed.source}`,
        ]),
  );
  return table(page, columns, rows, none);
}
