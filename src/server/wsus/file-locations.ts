import type { FileLocation } from '#protocol/wusp/responses.ts';
import { contentPath } from '#server/content/payload-store.ts';
import { findPayloads } from '#server/store/payloads.ts';
import type { Caller, WsusService } from '#server/wsus/service.ts';

/** Where a client gets files: from here when they are held and verified, else from Microsoft, else nowhere (left out). */
export async function fileLocations(
  service: WsusService,
  digests: readonly string[],
  { baseUrl }: Pick<Caller, 'baseUrl'>,
): Promise<FileLocation[]> {
  const payloads = await findPayloads(service.pool, [...new Set(digests)]);
  return payloads.flatMap(({ sha1, name, heldAt, microsoftUrl }) => {
    if (heldAt) return [{ sha1, url: `${baseUrl}/Content/${contentPath({ sha1, name })}` }];
    return service.contentFromMicrosoft && microsoftUrl ? [{ sha1, url: microsoftUrl }] : [];
  });
}
