import type { Revision } from '#domain/catalogue/revision.ts';
import { sqlJson } from './parameter.ts';

type Metadata = Omit<Revision, 'revisionId' | 'updateId' | 'revisionNumber'>;
/** The same in JSON, which has no instants. */
type StoredMetadata = Omit<Metadata, 'published'> & { readonly published: string };

/** A revision without its ids as the text of the `metadata` column. */
export function writeMetadata(revision: Omit<Revision, 'revisionId'>): string {
  const { updateId, revisionNumber, ...metadata } = revision;
  return sqlJson(toJson({ ...metadata, published: metadata.published.toString() }));
}

/** The revision of a row. The column holds only what `writeMetadata` wrote. */
export function readMetadata(revisionId: number, updateId: string, revisionNumber: number, stored: unknown): Revision {
  const metadata = stored as StoredMetadata;
  return { ...metadata, revisionId, updateId, revisionNumber, published: Temporal.Instant.from(metadata.published) };
}

/** Interfaces lack the index signature that `Json` asks for; their content is JSON all the same. */
function toJson(metadata: StoredMetadata): Parameters<typeof sqlJson>[0] {
  return { ...metadata } as unknown as Parameters<typeof sqlJson>[0];
}
