import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { command } from '#cli/command.ts';
import { unreadable } from '#cli/files.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { table } from '#cli/output/layout.ts';
import { changesTable } from '#cli/output/source-changes.ts';
import { readSysteminfo } from '#contract/endpoints/systeminfo.ts';
import { CodedError } from '#contract/errors.ts';

const MOST_BYTES = 600_000;
const MOST_FILES = 500;

export const inventorySysteminfo = command({
  name: 'inventory systeminfo',
  group: 'Inventory',
  summary: 'Take what `systeminfo` printed on servers; changes nothing without --apply.',
  more: 'On each server: systeminfo > %COMPUTERNAME%.txt, or with /fo csv. When one file is not understood, nothing is written.',
  positionals: { files: { value: 'FILE', description: 'one a server', many: true } },
  options: {
    customer: { type: 'string', value: 'NAME', required: true, description: 'whose servers they are' },
    apply: { type: 'boolean', description: 'make the changes' },
    who: { type: 'string', value: 'NAME', description: "who decides; default: the token's name" },
  },
  async run({ args, options: { customer, apply, who }, service }) {
    if (args.files.length === 0) throw new CodedError('usage.wrong', 'FILE is missing');
    if (args.files.length > MOST_FILES)
      throw new CodedError('usage.wrong', `${args.files.length} files, more than ${MOST_FILES} at once`);
    const files = await Promise.all(
      args.files.map(async (path) => ({ name: basename(path), base64: await bytesOf(path) })),
    );
    return service.call(readSysteminfo, { body: { customer, files, dryRun: !apply, ...defined({ who }) } });
  },
  failed: ({ problems }) => problems.length > 0,
  show({ applied, servers, problems }, page) {
    const changed = servers
      .filter(({ added, changes }) => added || changes.length > 0)
      .map(({ name, added, changes }) => ({ name, what: added ? 'new' : 'changed', fields: changes }));
    const columns = [{ title: 'Not understood' }, { title: 'Line', right: true }, { title: 'Because' }] as const;
    const rows = problems.map(({ file, line, message }) => [file, line, message]);
    const what = `${many(servers.length, 'server')}, ${changed.length} with something new.`;
    const advice = problems.length > 0 ? 'mend these files or leave them out' : '--apply does it';
    return [
      changesTable(page, changed, 'Nothing is new.'),
      ...(rows.length === 0 ? [] : [table(page, columns, rows, '')]),
      applied ? `Done. ${what}` : `${what} Nothing was changed: ${advice}.`,
    ].join('\n\n');
  },
});

async function bytesOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new CodedError('usage.wrong', `${path}: ${size} bytes, more than ${MOST_BYTES}`);
    return (await readFile(path)).toString('base64');
  } catch (error) {
    throw unreadable(path, error);
  }
}
