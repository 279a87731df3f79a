import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { UpdateDocument } from '#protocol/update-xml/document.ts';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import type { RevisionFilter } from '#protocol/wsusss/types.ts';

/** A revision as the upstream serves it. */
export interface ServedRevision {
  readonly identity: UpdateIdentity;
  readonly xml: string;
  /** SHA-1 of its files, licence terms included, lower-case hex. */
  readonly files: readonly string[];
  /** Category, classification or detectoid: part of the list with GetConfig. */
  readonly isConfig: boolean;
  /** Category updates that its prerequisites, or those of the bundle it is a part of, name. */
  readonly categories: Set<string>;
  /** Grows with each revision that is added. */
  readonly number: number;
}

/** The revisions of a test upstream; more may be added while it serves. */
export interface ServedCatalogue {
  add(documents: Iterable<{ readonly xml: string }>): void;
  /** Forgets a document, but goes on listing it. */
  lose(identity: UpdateIdentity): void;
  find(identity: UpdateIdentity): ServedRevision | undefined;
  /** What a filter asks for, as of now; undefined when its anchor is none of ours. */
  list(filter: RevisionFilter): { readonly anchor: string; readonly newRevisions: UpdateIdentity[] } | undefined;
}

/** Puts documents in order by what they say of themselves. Throws for a document that does not read. */
export function servedCatalogue(): ServedCatalogue {
  const revisions = new Map<string, ServedRevision>();
  const lost = new Set<string>();

  function addOne(xml: string): void {
    const reading = readUpdate(xml);
    if (!reading.ok) throw new Error(`a document of the test upstream does not read: ${reading.message}`);
    const served = servedRevision(reading.update, xml, revisions.size + 1);
    revisions.set(keyOf(served.identity), served);
    // Parts carry the categories of their bundle, as those of Microsoft's do.
    for (const part of reading.update.revision.bundles.flat()) {
      for (const category of served.categories) revisions.get(keyOf(part))?.categories.add(category);
    }
  }

  return {
    add(documents) {
      for (const { xml } of documents) addOne(xml);
    },
    lose: (identity) => void lost.add(keyOf(identity)),
    find: (identity) => (lost.has(keyOf(identity)) ? undefined : revisions.get(keyOf(identity))),
    list(filter) {
      const after = filter.anchor === undefined ? 0 : readAnchor(filter.anchor, revisions.size);
      if (after === undefined) return undefined;
      const listed = [...revisions.values()].filter((revision) => isWanted(revision, filter, after));
      return { anchor: writeAnchor(revisions.size), newRevisions: latestOf(listed).map(({ identity }) => identity) };
    },
  };
}

function servedRevision({ revision, eulaFiles }: UpdateDocument, xml: string, number: number): ServedRevision {
  const { updateId, revisionNumber, updateType, prerequisites, files } = revision;
  return {
    identity: { updateId, revisionNumber },
    xml,
    files: [...files, ...eulaFiles].map(({ sha1 }) => sha1),
    isConfig: updateType === 'Category' || updateType === 'Detectoid',
    categories: new Set(prerequisites.flatMap(({ anyOf }) => anyOf)),
    number,
  };
}

/** In scope by one of each list, and new: since the anchor, or because what brings it into scope was not asked for before. */
function isWanted({ isConfig, categories, number }: ServedRevision, filter: RevisionFilter, after: number): boolean {
  if (isConfig !== filter.getConfig) return false;
  if (isConfig) return number > after;
  const products = filter.categories.filter(({ id }) => categories.has(id));
  const classifications = filter.classifications.filter(({ id }) => categories.has(id));
  if (products.length === 0 || classifications.length === 0) return false;
  return number > after || [...products, ...classifications].some(({ delta }) => !delta);
}

/** The highest revision of each update. */
function latestOf(revisions: readonly ServedRevision[]): ServedRevision[] {
  const latest = new Map<string, ServedRevision>();
  for (const revision of revisions) {
    const { updateId, revisionNumber } = revision.identity;
    const other = latest.get(updateId);
    if (!other || other.identity.revisionNumber < revisionNumber) latest.set(updateId, revision);
  }
  return [...latest.values()];
}

function keyOf({ updateId, revisionNumber }: UpdateIdentity): string {
  return `${updateId}/${revisionNumber}`;
}

/** In the form of Windows: a number and an instant, which counts for nothing here. */
function writeAnchor(number: number): string {
  return `${number},2026-01-01 00:00:00.000`;
}

function readAnchor(anchor: string, most: number): number | undefined {
  const number = Number(/^(\d+),\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.exec(anchor)?.[1]);
  return number <= most ? number : undefined;
}
