import { z } from 'zod';
import json from './facts.json' with { type: 'json' };
import { laterUpdates } from './later-months.ts';

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

/**
 * One update of the sample's systems, as Microsoft published it or made up in its form; `osRevision` is the fourth part of the build
 * that a cumulative update leads to.
 */
export type SampleUpdate = Readonly<z.infer<typeof realUpdate>> & { readonly madeUp?: true };

/** What Microsoft published for the sample's systems, and what is made up for the year after it; oldest first. */
export const SAMPLE_UPDATES: readonly SampleUpdate[] = [...z.array(realUpdate).parse(json.updates), ...laterUpdates()];

/** The cumulative update of a system's Patch Tuesday in a month, `YYYY-MM`. */
export function cumulativeUpdate(system: SampleUpdate['os'], month: string): SampleUpdate | undefined {
  return SAMPLE_UPDATES.find(
    ({ os, kind, published }) => os === system && kind === 'cumulative' && published.startsWith(month),
  );
}

/** The months, `YYYY-MM`, that the sample covers; from 2024 on they are made up. */
export const FIRST_MONTH = '2023-09';
export const LAST_MONTH = '2024-12';
