import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import type { UpdateFileUrl } from '#protocol/wsusss/types.ts';
import { type FileUrl, importDocuments, type SourceDocument } from '#server/sources/import.ts';
import { microsoftUrl } from '#server/sources/microsoft-url.ts';
import { inTransaction } from '#server/store/pool.ts';
import { setUpstreamFiles } from '#server/store/upstream.ts';
import { findKnown, removePending } from '#server/store/upstream-lists.ts';
import { addRefused, type RefusedRevision, removeRefused } from '#server/store/upstream-refused.ts';
import { type Delivery, nameOf } from './fetch-updates.ts';
import type { PullContext } from './pull-context.ts';
import { unpackUpdateBlob } from './unpack.ts';

const LONGEST_MESSAGE = 1_000;

/**
 * Takes a delivery into the catalogue the way files go, then strikes it off the list. A process that dies in between has the batch
 * delivered once more, and finds it unchanged.
 */
export async function takeDelivery(context: PullContext, delivery: Delivery): Promise<void> {
  const { pool, upstream, tally, now } = context;
  const { upstreamId, name } = upstream;
  const { fileUrls, asked } = delivery;
  const at = now();
  const failed = new Map<string, Reason>();
  const summary = await importDocuments(pool, {
    source: `upstream ${name}`,
    at,
    documents: unpacked(delivery, failed),
    fileUrls: atMicrosoft(fileUrls),
  });
  for (const { name: document, code, message } of summary.skipped) failed.set(document, { code, message });
  const known = await findKnown(pool, asked);
  const refused = refusedOf(delivery, failed, known);
  await inTransaction(pool, async (client) => {
    await removeRefused(client, upstreamId, known);
    await addRefused(client, upstreamId, refused, at);
    await setUpstreamFiles(client, upstreamId, atUpstream(fileUrls, upstream.url));
    await removePending(client, upstreamId, asked);
  });
  const { imported, unchanged } = summary;
  tally.add({ done: asked.length, imported, unchanged, refused: refused.length });
}

type Reason = Pick<RefusedRevision, 'code' | 'message'>;

/** The documents one by one; what does not unpack is noted in `failed`. */
async function* unpacked({ came }: Delivery, failed: Map<string, Reason>): AsyncGenerator<SourceDocument> {
  for (const [name, { document }] of came) {
    const read = await unpackUpdateBlob(document);
    if (read.ok) yield { name, xml: read.xml };
    else failed.set(name, { code: 'upstream.unreadable', message: `${read.message} (${read.code})` });
  }
}

/** Why each revision that is not in the catalogue now is not: it does not read, it came as another one, it did not come. */
function refusedOf(
  { asked, came }: Delivery,
  failed: ReadonlyMap<string, Reason>,
  known: readonly UpdateIdentity[],
): RefusedRevision[] {
  const isIn = new Set(known.map(nameOf));
  return asked.flatMap(({ updateId, revisionNumber }) => {
    const name = nameOf({ updateId, revisionNumber });
    const reason = failed.get(name);
    // A conflict is told although the revision is there: with another content than the upstream's.
    if (isIn.has(name) && reason?.code !== 'import.conflict') return [];
    const { code, message } = reason ?? (came.has(name) ? OTHER_DOCUMENT : OMITTED);
    return [{ updateId, revisionNumber, code, message: message.slice(0, LONGEST_MESSAGE) }];
  });
}

const OTHER_DOCUMENT: Reason = {
  code: 'upstream.unreadable',
  message: 'The upstream delivered another document under this id.',
};
const OMITTED: Reason = {
  code: 'upstream.omitted',
  message: 'The upstream lists this revision and does not deliver it.',
};

function atMicrosoft(fileUrls: readonly UpdateFileUrl[]): FileUrl[] {
  return fileUrls.flatMap(({ sha1, muUrl }) => {
    const url = muUrl === undefined ? undefined : microsoftUrl(muUrl);
    return url === undefined ? [] : [{ sha1, url }];
  });
}

/** The upstream's own copies; a place elsewhere is none, whatever it says. */
function atUpstream(fileUrls: readonly UpdateFileUrl[], root: string): FileUrl[] {
  const { hostname } = new URL(root);
  const urls = new Map<string, string>();
  for (const { sha1, ussUrl } of fileUrls) {
    const url = ussUrl === undefined ? null : URL.parse(ussUrl, root);
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
    if (url && isWeb && url.hostname === hostname && !url.username && !url.password) urls.set(sha1, url.href);
  }
  return [...urls].map(([sha1, url]) => ({ sha1, url }));
}
