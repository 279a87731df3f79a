/** A document on its way to the service. */
export interface ImportDocument {
  readonly name: string;
  readonly xml: string;
}

const MOST_DOCUMENTS = 500;
const MOST_BYTES = 16 * 1024 * 1024;

/** Packs documents into requests of at most 500 documents and about 16 MB; a larger document goes alone. */
export async function* batches(
  documents: AsyncIterable<ImportDocument> | Iterable<ImportDocument>,
): AsyncGenerator<readonly ImportDocument[]> {
  let batch: ImportDocument[] = [];
  let size = 0;
  for await (const document of documents) {
    const bytes = Buffer.byteLength(document.xml);
    if (batch.length > 0 && (batch.length === MOST_DOCUMENTS || size + bytes > MOST_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(document);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}
