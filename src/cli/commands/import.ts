import { basename, resolve } from 'node:path';
import { type Call, command } from '#cli/command.ts';
import { missingPayloads, type Payload, sendPayloads, type Uploads, wantedFiles } from '#cli/import/payloads.ts';
import { readDocuments, readUrlLists, type Skipped, sendDocuments, sendUrls, type Tally } from '#cli/import/send.ts';
import { type Found, walk } from '#cli/import/walk.ts';
import type { SampleCatalogue } from '#cli/local.ts';
import { bytes, many } from '#cli/output/amounts.ts';
import { cleanText } from '#cli/output/clean.ts';
import { fields, hanging } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import { connect, type Service } from '#cli/service.ts';
import { CodedError } from '#contract/errors.ts';

interface ImportResult {
  readonly source: string;
  readonly documents: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly urls: number;
  readonly payloads: number;
  readonly payloadBytes: number;
  readonly skipped: readonly Skipped[];
  /** Ended by the person before everything was sent. */
  readonly stopped: boolean;
}

const MOST_SHOWN = 50;
const LONGEST_SOURCE = 200;
const NOTHING =
  'Nothing was taken: there was no update document (.xml, .xml.zst), no file-urls.json, and no payload that an approved update still needs.';

/** Documents, URLs and payloads from files, or from the sample. */
export const importCommand = command({
  name: 'import',
  group: 'Catalogue and policy',
  summary: 'Import update documents, their URLs and payload files.',
  more:
    'Folders are searched. .xml, .xml.zst and .zst files are upd:Update documents in UTF-8 or UTF-16; file-urls.json is a list of ' +
    '{ "sha1", "url" }; of all other files those are sent that an approved update still needs. What is imported already stays as it is, ' +
    'so an import that was stopped is simply run again.',
  positionals: { paths: { value: 'PATH', description: 'files or folders', many: true, optional: true } },
  options: {
    sample: {
      type: 'string',
      value: 'FROM..TO',
      description: 'the sample catalogue of these months, e.g. 2023-10..2023-11',
    },
    source: { type: 'string', value: 'NAME', description: 'where the documents come from, for the record' },
  },
  run: (call) => runImport({ paths: call.args.paths, range: call.options.sample, source: call.options.source }, call),
  failed: ({ skipped, stopped }) => skipped.length > 0 || stopped,
  show,
});

interface Asked {
  readonly paths: readonly string[];
  readonly range: string | undefined;
  readonly source: string | undefined;
}

async function runImport(
  { paths, range, source }: Asked,
  { io, progress }: Pick<Call, 'io' | 'progress'>,
): Promise<ImportResult> {
  if (paths.length > 0 === (range !== undefined))
    throw new CodedError('usage.wrong', 'name what to import: files and folders, or --sample FROM..TO');
  const { signal, ...unhurried } = io; // a batch under way is finished before a stop
  const service = connect(unhurried);
  const tally: Tally = { done: 0, imported: 0, unchanged: 0, urls: 0, skipped: [] };
  const uploads: Uploads = { kept: 0, bytes: 0, refused: [] };
  const work: Work = {
    service,
    source: cleanText(source ?? sourceOf(paths, range)).slice(0, LONGEST_SOURCE),
    tally,
    uploads,
    counted: (total) => {
      progress.count(tally.done, total, 'document');
      return signal?.aborted !== true;
    },
    named: (name) => {
      progress.say(`sending ${cleanText(name)}`);
      return signal?.aborted !== true;
    },
  };
  try {
    if (range === undefined) await importFound(work, await walk(paths));
    else await importSample(work, await sampleOf(range, io.local.sampleCatalogue));
  } catch (error) {
    throw tally.imported + tally.unchanged > 0 ? brokenOff(error, tally) : error;
  }
  return {
    source: work.source,
    documents: tally.done,
    imported: tally.imported,
    unchanged: tally.unchanged,
    urls: tally.urls,
    payloads: uploads.kept,
    payloadBytes: uploads.bytes,
    skipped: [...tally.skipped, ...uploads.refused],
    stopped: signal?.aborted === true,
  };
}

interface Work {
  readonly service: Service;
  readonly source: string;
  readonly tally: Tally;
  readonly uploads: Uploads;
  /** Shows how far the documents are; false when the person wants an end. */
  counted(total: number): boolean;
  /** Shows which file is sent; likewise. */
  named(name: string): boolean;
}

async function importFound({ service, source, tally, uploads, counted, named }: Work, found: Found): Promise<void> {
  const total = found.documents.length;
  if (total + found.urlLists.length + found.others.length === 0)
    throw new CodedError('usage.wrong', 'there is no file in what was named');
  const proceed = () => counted(total);
  await sendDocuments(service, source, readDocuments(found.documents, tally), tally, proceed);
  await sendUrls(service, source, await readUrlLists(found.urlLists, tally), tally, proceed);
  if (found.others.length === 0 || !proceed()) return;
  await sendPayloads(service, wantedFiles(found.others, await missingPayloads(service)), uploads, named);
}

async function importSample(
  { service, source, tally, uploads, counted, named }: Work,
  sample: SampleCatalogue,
): Promise<void> {
  await sendDocuments(service, source, sample.documents, tally, () => counted(sample.documents.length));
  const payloads = samplePayloads(sample);
  // Sent again only where they are missing: each one that is taken goes on record.
  const missing = tally.imported > 0 ? undefined : await missingPayloads(service);
  const wanted = missing ? payloads.filter(({ sha1 }) => missing.has(sha1)) : payloads;
  await sendPayloads(service, wanted, uploads, named);
}

function samplePayloads({ payloads, payload }: SampleCatalogue): readonly Payload[] {
  return payloads.map(({ name, sha1 }) => ({
    name,
    sha1,
    async open() {
      return new Blob([new Uint8Array(payload(sha1) ?? [])]);
    },
  }));
}

async function sampleOf(
  range: string,
  make: (range: { readonly from: string; readonly to: string }) => Promise<SampleCatalogue>,
): Promise<SampleCatalogue> {
  const [, from, to = from] = /^(\d{4}-\d{2})(?:\.\.(\d{4}-\d{2}))?$/.exec(range) ?? [];
  if (from === undefined || to === undefined)
    throw new CodedError('usage.wrong', `--sample: "${range}" is not FROM..TO, e.g. 2023-10..2023-11`);
  try {
    return await make({ from, to });
  } catch (error) {
    if (error instanceof RangeError) throw new CodedError('usage.wrong', `--sample: ${error.message}`);
    throw error;
  }
}

function sourceOf(paths: readonly string[], range: string | undefined): string {
  return range === undefined ? paths.map((path) => basename(resolve(path))).join(', ') : `sample ${range}`;
}

/** The same failure, with what was done before it. */
function brokenOff(error: unknown, { imported, unchanged }: Tally): unknown {
  if (!(error instanceof CodedError)) return error;
  const before = `before that ${many(imported, 'document')} were imported, ${unchanged} were there already; run the same command again to go on`;
  return new CodedError(error.code, error.message, [...error.details, before]);
}

function show(result: ImportResult, page: Page): string {
  const { skipped, stopped, documents, imported, unchanged, urls, payloads, payloadBytes } = result;
  const counts = fields(page, [
    ['Documents', documents],
    ['Imported', imported],
    ['Unchanged', unchanged],
    ['URLs', urls || undefined],
    ['Payloads', payloads ? `${payloads} (${bytes(payloadBytes)})` : undefined],
    ['Skipped', skipped.length],
  ]);
  const rest = skipped.length - MOST_SHOWN;
  const nothing = documents + urls + payloads + skipped.length === 0 && !stopped;
  return [
    counts,
    ...(nothing ? [hanging(page, '', NOTHING)] : []),
    ...skipped.slice(0, MOST_SHOWN).map((one) => hanging(page, '  - ', skippedLine(one))),
    ...(rest > 0 ? [`  and ${rest} more; --json lists all`] : []),
    ...(stopped
      ? ['Stopped before the end. Run the same command again to go on; what is there already is left as it is.']
      : []),
  ].join('\n');
}

function skippedLine({ name, code, message, line, column }: Skipped): string {
  const place = line === undefined ? name : `${name}:${line}${column === undefined ? '' : `:${column}`}`;
  return `${place}: ${message} (${code})`;
}
