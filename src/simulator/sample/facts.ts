import { z } from 'zod';
import json from './facts.json' with { type: 'json' };

const severity = z.enum(['Critical', 'Important', 'Moderate', 'Low']);

const common = z.object({
  os: z.enum(['2016', '2019', '2022']),
  updateId: z.guid(),
  kb: z.string(),
  title: z.string(),
  classification: z.enum(['Security Updates', 'Updates']),
  severity: severity.exactOptional(),
  published: z.iso.datetime(),
  files: z.tuple([z.string()], z.string()),
});

const realUpdate = z.discriminatedUnion('kind', [
  common.extend({ kind: z.literal('cumulative'), osRevision: z.int() }),
  common.extend({ kind: z.literal('servicing-stack') }),
  common.extend({ kind: z.literal('dotnet') }),
]);

/** One update that Microsoft published; `osRevision` is the fourth part of the build that a cumulative update leads to. */
export type RealUpdate = Readonly<z.infer<typeof realUpdate>>;

/** What Microsoft published for the sample's systems, oldest first. */
export const REAL_UPDATES: readonly RealUpdate[] = z.array(realUpdate).parse(json.updates);

/** The cumulative update that Microsoft published for a system in a month, `YYYY-MM`. */
export function cumulativeUpdate(system: RealUpdate['os'], month: string): RealUpdate | undefined {
  return REAL_UPDATES.find(
    ({ os, kind, published }) => os === system && kind === 'cumulative' && published.startsWith(month),
  );
}

/** The months, `YYYY-MM`, that the facts cover. */
export const FIRST_MONTH = '2023-09';
export const LAST_MONTH = '2023-12';
