import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { unreadable } from '#cli/files.ts';
import { CodedError } from '#contract/errors.ts';

/** A file below what the person named; `name` is how reports call it. */
export interface FoundFile {
  readonly path: string;
  readonly name: string;
}

/** What an import takes of each kind, in the order of the names. */
export interface Found {
  /** `.xml`, `.xml.zst`, `.zst` */
  readonly documents: readonly FoundFile[];
  /** `file-urls.json` */
  readonly urlLists: readonly FoundFile[];
  /** All others: payloads, where the catalogue asks for them. */
  readonly others: readonly FoundFile[];
}

const MOST_FILES = 2_000_000;
const MOST_DEPTH = 64;

/** All files below the given files and folders. Links to folders are not followed. Throws `usage.wrong` for what cannot be read. */
export async function walk(paths: readonly string[]): Promise<Found> {
  const files: FoundFile[] = [];
  for (const path of paths) {
    for await (const file of filesBelow(path, 0)) {
      if (files.length >= MOST_FILES) throw new CodedError('usage.wrong', `${path}: more than ${MOST_FILES} files`);
      files.push({ path: file, name: nameOf(path, file) });
    }
  }
  const documents = files.filter(({ path }) => isDocument(path));
  const urlLists = files.filter(({ path }) => isUrlList(path));
  return { documents, urlLists, others: files.filter(({ path }) => !isDocument(path) && !isUrlList(path)) };
}

async function* filesBelow(path: string, depth: number): AsyncGenerator<string> {
  if (depth > MOST_DEPTH) throw new CodedError('usage.wrong', `${path}: folders nest deeper than ${MOST_DEPTH}`);
  const about = await stat(path).catch((error: unknown) => Promise.reject(unreadable(path, error)));
  if (!about.isDirectory()) {
    if (about.isFile()) yield path;
    return;
  }
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    return Promise.reject(unreadable(path, error));
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(child, depth + 1);
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(child)))) yield child;
  }
}

async function isLinkToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (about) => about.isFile(),
    () => false,
  );
}

function nameOf(root: string, file: string): string {
  const below = relative(root, file);
  return below === '' ? basename(file) : join(basename(resolve(root)), below);
}

function isDocument(path: string): boolean {
  return /\.(xml|zst)$/i.test(path);
}

function isUrlList(path: string): boolean {
  return basename(path).toLowerCase() === 'file-urls.json';
}
