import type * as z from 'zod';
import { table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { SourceChange } from '#contract/source-change.ts';

/** A server and what becomes of its fields. */
export interface ChangedServer {
  readonly name: string;
  /** What becomes of it as a whole, e.g. that it is new. */
  readonly what: string;
  readonly fields: readonly z.output<typeof SourceChange>[];
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
