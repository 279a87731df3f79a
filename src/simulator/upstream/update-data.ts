import { deflateRawSync } from 'node:zlib';
import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { mszip, writeCabinet } from '#protocol/cab/testing/write-cabinet.ts';
import type { UpdateBlob, WsusssResponse } from '#protocol/wsusss/types.ts';
import type { ServedCatalogue, ServedRevision } from './catalogue.ts';
import type { UpstreamHabits } from './test-upstream.ts';

/** The documents that were asked for, as many as go into one answer; unknown ones are left out ([MS-WSUSSS] 3.1.4.6). */
export function updateDataAnswer(
  catalogue: ServedCatalogue,
  habits: UpstreamHabits,
  updateIds: readonly UpdateIdentity[],
): WsusssResponse {
  const sent: ServedRevision[] = [];
  let length = 0;
  for (const id of updateIds) {
    const revision = catalogue.find(id);
    if (!revision) continue;
    length += revision.xml.length;
    if (sent.length > 0 && length > habits.maxAnswer) break;
    sent.push(revision);
  }
  const files = new Set(sent.flatMap((revision) => revision.files));
  return {
    operation: 'GetUpdateData',
    updates: sent.map(({ identity, xml, files: fileDigests }) => ({
      id: identity,
      document: blobOf(xml, habits.cabinetAbove),
      fileDigests,
    })),
    fileUrls: [...files].map((sha1) => ({ sha1, muUrl: microsoftUrlOf(sha1) })),
  };
}

/** Where a file of the test upstream is said to be at Microsoft. */
export function microsoftUrlOf(sha1: string): string {
  return `http://download.windowsupdate.com/c/msdownload/update/${sha1}.cab`;
}

function blobOf(xml: string, cabinetAbove: number | undefined): UpdateBlob {
  if (cabinetAbove === undefined || xml.length <= cabinetAbove) return { form: 'xml', xml };
  const members = [{ name: 'blob', content: Buffer.from(xml, 'utf16le') }];
  return { form: 'cabinet', cabinet: writeCabinet([{ packer: MSZIP, members }]) };
}

const MSZIP = mszip((block, dictionary) =>
  deflateRawSync(block, { level: 1, ...(dictionary.length > 0 ? { dictionary } : {}) }),
);
