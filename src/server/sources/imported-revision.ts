import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync } from 'node:zlib';
import type { UpdateDocument } from '#protocol/update-xml/document.ts';
import { escapeText } from '#protocol/xml/escape.ts';
import { compress } from '#protocol/xpress/xpress.ts';
import type { Fragment, FragmentKind } from '#server/store/fragments.ts';
import type { PayloadFile } from '#server/store/payloads.ts';
import type { ImportedRevision } from '#server/store/revisions.ts';

const zstdElsewhere = promisify(zstdCompress);
/** For so few bytes, handing the work to another thread costs more than the work. */
const FEW_BYTES = 64 * 1024;

function zstd(document: Uint8Array): Uint8Array | Promise<Uint8Array> {
  return document.length > FEW_BYTES ? zstdElsewhere(document) : zstdCompressSync(document, { chunkSize: 4096 });
}

/** What the store keeps of a document: its facts, its files, and each fragment in both forms in which it is ever sent. */
export async function importedRevision(
  update: UpdateDocument,
  document: Uint8Array,
  from: { readonly source: string; readonly at: Temporal.Instant; urlOf(sha1: string): string | undefined },
): Promise<ImportedRevision> {
  return {
    revision: update.revision,
    documentSha256: createHash('sha256').update(document).digest(),
    document: await zstd(document),
    source: from.source,
    at: from.at,
    fragments: fragmentsOf(update),
    files: filesOf(update, from.urlOf),
  };
}

function fragmentsOf({ fragments: { core, extended, localized, eula } }: UpdateDocument): Fragment[] {
  // Terms for one country stand back behind those of the language: a client is sent one text in its language.
  const terms = new Map(eula.toSorted(generalLast).map(({ language, xml }) => [language, xml]));
  return [
    fragment('Core', '', core),
    fragment('Extended', '', extended),
    ...[...localized].map(([language, xml]) => fragment('LocalizedProperties', language, xml)),
    ...[...terms].map(([language, xml]) => fragment('Eula', language, xml)),
  ];
}

function generalLast(a: { readonly geoId?: string }, b: { readonly geoId?: string }): number {
  return Number(a.geoId === undefined) - Number(b.geoId === undefined);
}

function fragment(kind: FragmentKind, locale: string, xml: string): Fragment {
  const escaped = Buffer.from(escapeText(xml));
  return { kind, locale, escaped, xpress: compress(escaped) };
}

function filesOf({ revision, eulaFiles }: UpdateDocument, urlOf: (sha1: string) => string | undefined): PayloadFile[] {
  return [...revision.files, ...eulaFiles].map(({ sha1, sha256, size, name }) => {
    const url = urlOf(sha1);
    return {
      sha1,
      size,
      name,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(url === undefined ? {} : { microsoftUrl: url }),
    };
  });
}
