import { setTimeout as after } from 'node:timers/promises';
import { type Call, command } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { changesTable } from '#cli/output/source-changes.ts';
import type { Service } from '#cli/service.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { showDirectory, syncDirectory } from '#contract/endpoints/directory.ts';

const LOOK_EVERY_MS = 1_000;
const WHAT = { added: 'new', changed: 'changed', left: 'left' } as const;

export const directorySync = command({
  name: 'directory sync',
  group: 'Inventory',
  summary: 'Read an Active Directory now, and take its word on servers.',
  more: 'What people, files and the servers themselves said is never overwritten: where the directory says something else, that is shown.',
  positionals: { name: { value: 'NAME', description: 'the name of the directory' } },
  options: {
    'dry-run': { type: 'boolean', description: 'show every change, and make none' },
    'accept-left': { type: 'boolean', description: 'it is true that most servers have left the directory' },
    who: { type: 'string', value: 'NAME', description: "who decides; default: the token's name" },
  },
  async run({ args, options, service, progress }) {
    const params = { directory: args.name };
    const body = {
      dryRun: options['dry-run'],
      acceptLeft: options['accept-left'],
      ...defined({ who: options.who }),
    };
    const stop = new AbortController();
    const told = follow(service, params, progress, stop.signal);
    try {
      return await service.call(syncDirectory, { params, body });
    } finally {
      stop.abort();
      await told;
    }
  },
  show(result, page) {
    const { changes, skipped, counts } = result;
    const servers = changes.map(({ name, kind, fields }) => ({ name, what: WHAT[kind], fields }));
    const columns = [{ title: 'Not taken for a server' }, { title: 'Because' }] as const;
    const rows = skipped.map(({ name, reason }) => [name, reason]);
    const total = counts.added + counts.changed + counts.left;
    return [
      changesTable(page, servers, 'Nothing is new.'),
      ...(total > changes.length ? [`These are the first ${changes.length} of ${total} servers with a change.`] : []),
      ...(rows.length === 0 ? [] : [table(page, columns, rows, '')]),
      countsText(result),
    ].join('\n\n');
  },
});

/** Tells how far the reading is, until it ends. */
async function follow(
  service: Service,
  params: { readonly directory: string },
  progress: Call['progress'],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await after(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const { reading } = await service.call(showDirectory, { params }).catch(() => ({ reading: undefined }));
    if (reading) progress.say(`directory sync: ${reading.entries} computers so far`);
  }
}

function countsText({ dryRun, counts }: EndpointResult<typeof syncDirectory>): string {
  const { servers, added, changed, left, conflicts, skipped } = counts;
  const parts = [`${added} new`, `${changed} changed`, `${left} left`, `${conflicts} with a conflict`];
  const what = `${many(servers, 'server')} in the directory: ${parts.join(', ')}; ${many(skipped, 'computer')} not taken.`;
  return dryRun ? `${what} Nothing was changed: it was a dry run.` : `Done. ${what}`;
}
