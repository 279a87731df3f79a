import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';

/** The states of a version of what people write and others approve. */
export const VERSION_STATES = {
  'in-force': 'in force',
  waiting: 'waits for another person',
  former: 'former',
  'passed-over': 'passed over',
} as const;

/** Versions, one a line. */
export function versionTable(
  page: Page,
  versions: readonly {
    readonly version: number;
    readonly state: keyof typeof VERSION_STATES;
    readonly at: string;
    readonly who: string;
    readonly why: string;
    readonly approvedBy?: string | undefined;
  }[],
): string {
  const columns = [
    { title: 'Version', right: true },
    { title: 'State' },
    { title: 'At' },
    { title: 'Who' },
    { title: 'Approved by' },
    { title: 'Why' },
  ] as const;
  const rows = versions.map(({ version, state, at, who, approvedBy, why }) => [
    version,
    VERSION_STATES[state],
    shortUtc(at),
    who,
    approvedBy,
    why,
  ]);
  return table(page, columns, rows, 'No versions.');
}
