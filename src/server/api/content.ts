import type { Readable } from 'node:stream';
import * as z from 'zod';
import type * as contract from '#contract/endpoints/catalogue.ts';
import { CodedError } from '#contract/errors.ts';
import type { UpdateFile } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { verdictsOf } from '#domain/decide/overview.ts';
import { changeFacts } from '#server/api/change.ts';
import { pageOf, readCursor } from '#server/api/cursor.ts';
import type { ApiCaller, ApiDeps, Handler } from '#server/api/deps.ts';
import { findPayloads, type PayloadRow, setPayloadHeld } from '#server/store/payloads.ts';

export const contentMissing: Handler<typeof contract.contentMissing> = async ({ pool, keeper }, { query }, { at }) => {
  const [after] = query.after === undefined ? [''] : readCursor(z.tuple([z.string()]), query.after);
  const wanted = approvedFiles(keeper.current(), at).map(({ sha1 }) => sha1);
  const rows = await findPayloads(
    pool,
    wanted.filter((sha1) => sha1 > after),
  );
  const missing = rows.filter(({ heldAt }) => !heldAt).sort((a, b) => (a.sha1 < b.sha1 ? -1 : 1));
  return pageOf(missing, query.limit, ({ sha1 }) => [sha1], shown);
};

/** The files that servers fetch of approved updates, but for updates that an approved one replaces. */
function approvedFiles(facts: Facts, at: Temporal.Instant): UpdateFile[] {
  const { catalogue, persons } = facts;
  const approved = verdictsOf(facts, at).filter(
    ({ update, verdict }) =>
      update.publicationState === 'Published' &&
      (verdict === 'approve' || persons.get(update.updateId)?.some(({ decision }) => decision === 'approve')),
  );
  const ids = new Set(approved.map(({ update }) => update.updateId));
  const standing = approved.filter(
    ({ update }) => ![...catalogue.successors(update.updateId)].some((id) => ids.has(id)),
  );
  return standing.flatMap(({ update }) => catalogue.payload(update)).filter((file) => file.patchingType !== 'Express');
}

function shown({ sha1, name, size, microsoftUrl }: PayloadRow) {
  return { sha1, name, size, ...(microsoftUrl === null ? {} : { microsoft: microsoftUrl }) };
}

/**
 * Takes a payload file in when its size and digests are what the catalogue promises; from then on clients fetch it here. Refuses with
 * `content.unknown` and `content.mismatch`.
 */
export async function putContent(
  deps: ApiDeps,
  sha1: string,
  bytes: Readable,
  { name: who, at }: ApiCaller,
): Promise<{ readonly sha1: string; readonly name: string; readonly size: number }> {
  const [payload] = await findPayloads(deps.pool, [sha1]);
  if (!payload)
    throw new CodedError('content.unknown', `No update in the catalogue names a file with the SHA-1 ${sha1}.`);
  const { name, size, sha256 } = payload;
  await deps.payloads.keep({ sha1, name, size, ...(sha256 === null ? {} : { sha256 }) }, bytes);
  await changeFacts(deps, async (client) => {
    await setPayloadHeld(client, sha1, at);
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'content.added', subject: { sha1, name }, facts: { size, sha256 } }],
    };
  });
  return { sha1, name, size };
}
