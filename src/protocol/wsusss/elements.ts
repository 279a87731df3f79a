import type { UpdateIdentity } from '#domain/catalogue/revision.ts';
import { IDENTITY, longText } from '#protocol/wusp/elements.ts';
import { type Codec, list, mapped, scalar } from '#protocol/xml/codec.ts';
import { pattern, sha1, text } from '#protocol/xml/scalars.ts';

// What requests and responses have in common beyond the client protocol's structures.

/** Revisions in one list: all products at Microsoft are some 10^5. */
const MAX_REVISIONS = 1_000_000;
/** Files in one answer; one revision of a feature update has some 2,000. */
export const MAX_FILES = 200_000;

/** Only its maker understands it. */
export const ANCHOR = lasting(text(1024));

/** Where a file is. */
export const URL_TEXT = lasting(longText);

export const PROTOCOL_VERSION = pattern('a version major.minor', 32, /^[0-9]{1,5}\.[0-9]{1,5}$/);

export const IDENTITIES: Codec<readonly UpdateIdentity[]> = list('UpdateIdentity', IDENTITY, MAX_REVISIONS);

export const DIGESTS: Codec<readonly string[]> = list('base64Binary', sha1, MAX_FILES);

/** Text that may be kept: what the reader hands on is a piece of the whole answer, and would keep all its megabytes alive. */
function lasting(codec: Codec<string>): Codec<string> {
  return mapped(
    codec,
    (piece) => ` ${piece}`.slice(1),
    (value) => value,
  );
}

/** `xs:base64Binary` of at most `maxLength` bytes; white space is skipped, the padding may be missing. */
export function base64(maxLength: number): Codec<Uint8Array> {
  return scalar(
    'base64',
    Math.ceil((maxLength / 3) * 4 * LINE_BREAKS),
    (raw) => {
      try {
        return Uint8Array.fromBase64(raw);
      } catch {
        return undefined;
      }
    },
    (bytes) => bytes.toBase64(),
  );
}

/** Room for a line break after every 76 characters, and more. */
const LINE_BREAKS = 1.05;
