import { createHash } from 'node:crypto';
import type { UpdateId } from '#domain/catalogue/revision.ts';

/** Namespace of every identity that this folder makes up; a random GUID that is not used elsewhere. */
const NAMESPACE = Buffer.from('6d1b9c6ef03e4d4c9f1a5b27c8e0a913', 'hex');

/** A GUID that follows from a name alone (RFC 9562, version 5): the same sample on every machine. */
export function syntheticId(name: string): UpdateId {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `PublisherID` of everything that is made up. */
export const SAMPLE_PUBLISHER = syntheticId('publisher');

/** `PublisherID` that Microsoft's own categories carry, for documents around real identities. */
export const MICROSOFT_PUBLISHER = '395392a0-19c0-48b7-a927-f7c15066d905';

/** Who published an update: only real identities are Microsoft's. */
export function publisherOf({ madeUp }: { readonly madeUp?: true }): string {
  return madeUp ? SAMPLE_PUBLISHER : MICROSOFT_PUBLISHER;
}
