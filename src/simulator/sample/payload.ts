import { createCipheriv, createHash } from 'node:crypto';

/** A stand-in for an update's file: its facts as the metadata gives them. */
export interface SamplePayload {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex, the key under which content is asked for. */
  readonly sha1: string;
  /** Base64, as `File/@Digest` and `AdditionalDigest` hold them. */
  readonly digests: { readonly sha1: string; readonly sha256: string };
}

/**
 * The bytes that stand in for a file of the sample: from a few hundred bytes to 2 MiB, following from the file's name alone. They
 * begin with a line that says what they are, so that nobody takes them for an update.
 */
export function payloadBytes(fileName: string): Uint8Array {
  const notice = Buffer.from(`Stand-in payload of the sample catalogue: ${fileName}\n`);
  if (fileName.endsWith('.txt')) return Buffer.concat([notice, LICENCE_TEXT]);
  const key = createHash('sha256').update(fileName).digest();
  const size = 512 * 2 ** (key.readUInt8(0) % 13) - (key.readUInt8(1) % 256);
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
  stream.set(notice.subarray(0, size));
  return stream;
}

/** What the metadata says about a stand-in. */
export function samplePayload(fileName: string): SamplePayload {
  const bytes = payloadBytes(fileName);
  const sha1 = createHash('sha1').update(bytes).digest();
  const sha256 = createHash('sha256').update(bytes).digest();
  return {
    name: fileName,
    size: bytes.length,
    sha1: sha1.toString('hex'),
    digests: { sha1: sha1.toString('base64'), sha256: sha256.toString('base64') },
  };
}

const LICENCE_TEXT = Buffer.from(
  'This licence belongs to a made-up product. Accepting it has no effect outside a test.\n',
);
