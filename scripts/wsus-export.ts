// Reads catalogue exports of a WSUS (JSON or PowerShell CLIXML, one row a file) for tests and generated documents.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { SaxesParser } from 'saxes';
import { z } from 'zod';
import { CLASSIFICATIONS } from '#domain/approval/classifications.ts';
import { MICROSOFT, OFFICE_FAMILY, PRODUCTS, WINDOWS_FAMILY } from '#domain/approval/products.ts';
import type { CategoryType, PrerequisiteClause, Revision, UpdateFile, UpdateId } from '#domain/catalogue/revision.ts';

const fileRow = z.object({
  UpdateId: z.string().toLowerCase(),
  Title: z.string(),
  KBNumber: z.string(),
  CreationDate: z.string(),
  CompanyTitles: z.string(),
  ProductFamilyTitles: z.string(),
  Category: z.string(),
  UpdateClassificationTitle: z.string(),
  MsrcSeverity: z.string(),
  UpdateType: z.string(),
  PublicationState: z.enum(['Published', 'Expired']),
  IsBeta: z.coerce.string(),
  IsSuperseded: z.coerce.string(),
  HasSupersededUpdates: z.coerce.string(),
  Type: z.string(),
  FileName: z.string(),
  FileUri: z.string(),
  Size: z.coerce.number(),
  Hash: z.string(),
  AdditionalHash: z.string(),
});

/** One update of an export, its files collected from the rows. */
export interface ExportUpdate {
  readonly updateId: UpdateId;
  readonly title: string;
  readonly kb?: string;
  readonly published: Temporal.Instant;
  readonly company: string;
  readonly family: string;
  /** Titles of the products, e.g. `Windows Server 2019`. */
  readonly products: readonly string[];
  /** Title of the classification, e.g. `Security Updates`. */
  readonly classification: string;
  readonly severity?: NonNullable<Revision['severity']>;
  readonly publicationState: Revision['publicationState'];
  readonly isBeta: boolean;
  readonly superseded: boolean;
  readonly supersedes: boolean;
  readonly files: readonly (UpdateFile & { readonly url: string })[];
}

/** The updates of one export as text: a JSON array, or CLIXML. Rows of the same update become one. */
export function readExportRows(text: string): ExportUpdate[] {
  const rows: unknown[] = text.trimStart().startsWith('<') ? clixmlRows(text) : JSON.parse(text);
  const byUpdate = Map.groupBy(
    rows.map((row) => fileRow.parse(row)),
    (row) => row.UpdateId,
  );
  return [...byUpdate.values()].map(toUpdate);
}

/** Every export `*.json` or `*.xml` of a folder, by file name. */
export function readExportFolder(folder: string): Map<string, ExportUpdate[]> {
  const names = readdirSync(folder).filter((name) => /\.(json|xml)$/.test(name));
  return new Map(names.sort().map((name) => [name, readExportRows(decode(readFileSync(join(folder, name))))]));
}

/** Every export of a `tar.zst`, by file name. */
export function readExportArchive(path: string): Map<string, ExportUpdate[]> {
  const tar = zstdDecompressSync(readFileSync(path));
  return new Map([...tarFiles(tar)].map(([name, bytes]) => [name, readExportRows(decode(bytes))]));
}

/** Each update once: the row set of the latest publication wins. */
export function uniqueUpdates(exports: Iterable<readonly ExportUpdate[]>): ExportUpdate[] {
  const latest = new Map<UpdateId, ExportUpdate>();
  for (const update of [...exports].flat()) {
    const seen = latest.get(update.updateId);
    if (!seen || Temporal.Instant.compare(seen.published, update.published) < 0) latest.set(update.updateId, update);
  }
  return [...latest.values()];
}

/** The revisions of a catalogue that holds these updates, with the categories that they name. Ids count from 1. */
export function exportRevisions(updates: readonly ExportUpdate[]): Revision[] {
  const categories = new Map<UpdateId, Revision>();
  const category = (type: CategoryType, title: string, parent?: UpdateId): UpdateId => {
    const updateId = categoryId(type, title);
    if (!categories.has(updateId)) categories.set(updateId, categoryRevision(updateId, type, title, parent));
    return updateId;
  };
  const software = updates.map((update) => {
    const family = category('ProductFamily', update.family, category('Company', update.company));
    const products = update.products.map((title) => category('Product', title, family));
    return softwareRevision(update, products, category('UpdateClassification', update.classification));
  });
  return [...categories.values(), ...software].map((revision, index) => ({ ...revision, revisionId: index + 1 }));
}

function toUpdate(rows: readonly z.infer<typeof fileRow>[]): ExportUpdate {
  const [row] = rows;
  if (!row) throw new Error('an update without rows');
  const severity = z.enum(['Critical', 'Important', 'Moderate', 'Low']).safeParse(row.MsrcSeverity);
  return {
    updateId: row.UpdateId,
    title: row.Title,
    ...(row.KBNumber ? { kb: row.KBNumber } : {}),
    published: readDate(row.CreationDate),
    company: row.CompanyTitles,
    family: row.ProductFamilyTitles,
    products: splitTitles(row.Category),
    classification: row.UpdateClassificationTitle,
    ...(severity.success ? { severity: severity.data } : {}),
    publicationState: row.PublicationState,
    isBeta: row.IsBeta === 'true',
    superseded: row.IsSuperseded === 'true',
    supersedes: row.HasSupersededUpdates === 'true',
    files: rows.map((file) => ({
      sha1: hex(file.Hash),
      sha256: hex(file.AdditionalHash),
      name: file.FileName,
      size: file.Size,
      patchingType: file.Type,
      url: file.FileUri,
    })),
  };
}

/** `/Date(1613512809000)/` of JSON, or the ISO text of CLIXML. */
function readDate(text: string): Temporal.Instant {
  const milliseconds = /^\/Date\((\d+)\)\/$/.exec(text)?.[1];
  if (milliseconds) return Temporal.Instant.fromEpochMilliseconds(Number(milliseconds));
  return Temporal.Instant.from(text.endsWith('Z') ? text : `${text}Z`);
}

/** Decimal bytes with spaces between them. */
function hex(decimals: string): string {
  return decimals
    .split(' ')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('');
}

/** Exports join several product titles with a space; the longest known title is taken first. */
function splitTitles(joined: string): string[] {
  const known = PRODUCTS.map(({ title }) => title).sort((a, b) => b.length - a.length);
  const titles: string[] = [];
  let rest = joined;
  while (rest) {
    const title = known.find((candidate) => rest === candidate || rest.startsWith(`${candidate} `)) ?? rest;
    // "Windows" alone is only a prefix of a title that the table does not know.
    if (title === 'Windows' && rest !== title) return [...titles, rest];
    titles.push(title);
    rest = rest.slice(title.length).trimStart();
  }
  return titles;
}

function categoryId(type: CategoryType, title: string): UpdateId {
  if (type === 'Company' && title === 'Microsoft') return MICROSOFT;
  if (type === 'ProductFamily' && title === 'Windows') return WINDOWS_FAMILY;
  if (type === 'ProductFamily' && title === 'Office') return OFFICE_FAMILY;
  const known = type === 'UpdateClassification' ? CLASSIFICATIONS : type === 'Product' ? PRODUCTS : [];
  return known.find((entry) => entry.title === title)?.id ?? guidOf(`${type} ${title}`);
}

/** A category that no table knows gets an id made from its title, the same in every run. */
function guidOf(text: string): UpdateId {
  const digest = createHash('sha1').update(text).digest('hex');
  return [0, 8, 12, 16, 20].map((at, part) => digest.slice(at, [8, 12, 16, 20, 32][part])).join('-');
}

function categoryRevision(updateId: UpdateId, type: CategoryType, title: string, parent?: UpdateId): Revision {
  return {
    ...PLAIN,
    updateId,
    updateType: 'Category',
    categoryType: type,
    title,
    published: Temporal.Instant.from('2004-05-15T00:00:00Z'),
    explicitlyDeployable: false,
    prerequisites: parent ? [{ anyOf: [parent], isCategory: true }] : [],
  };
}

function softwareRevision(update: ExportUpdate, products: readonly UpdateId[], classification: UpdateId): Revision {
  const clause = (anyOf: readonly UpdateId[]): PrerequisiteClause => ({ anyOf, isCategory: true });
  return {
    ...PLAIN,
    updateId: update.updateId,
    updateType: 'Software',
    title: update.title,
    ...(update.kb ? { kb: update.kb } : {}),
    ...(update.severity ? { severity: update.severity } : {}),
    published: update.published,
    publicationState: update.publicationState,
    isBeta: update.isBeta,
    prerequisites: [clause(products), clause([classification])],
    files: update.files.map(({ url: _, ...file }) => file),
  };
}

const PLAIN = {
  revisionId: 0,
  revisionNumber: 100,
  publicationState: 'Published',
  explicitlyDeployable: true,
  isBeta: false,
  reboot: 'CanRequestReboot',
  impact: 'Normal',
  removable: true,
  bundles: [],
  supersedes: [],
  files: [],
} as const;

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** The properties of each object in a CLIXML document as text, by their `N` attribute. */
function clixmlRows(text: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  const parser = new SaxesParser();
  let name: string | undefined;
  let value = '';
  parser.on('opentag', (tag) => {
    if (tag.name === 'Obj') rows.push({});
    name = tag.attributes.N;
    value = '';
  });
  parser.on('text', (part) => {
    value += part;
  });
  parser.on('closetag', () => {
    const row = rows.at(-1);
    if (row && name !== undefined) row[name] = value;
    name = undefined;
  });
  parser.write(text).close();
  return rows;
}

/** Names and contents of the plain files of a tar (ustar). */
function* tarFiles(tar: Uint8Array): Generator<[string, Uint8Array]> {
  const field = (at: number, length: number) =>
    new TextDecoder().decode(tar.subarray(at, at + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = field(at, 100);
    const size = Number.parseInt(field(at + 124, 12), 8);
    const type = field(at + 156, 1);
    if (type === '0' || type === '') yield [name, tar.subarray(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
