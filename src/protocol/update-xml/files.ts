import type { UpdateFile } from '#domain/catalogue/revision.ts';
import { attribute, childrenNamed, refusal, requiredAttribute, textOf, type XmlElement } from './element.ts';
import { digestOf, sizeAttribute } from './values.ts';

/** A licence text that belongs to an update, as the metadata names it. */
export interface EulaFile extends UpdateFile {
  readonly language: string;
  /** Windows geographical location id; the text is for that country only. */
  readonly geoId?: string;
}

/** Reads `Files`. Names are the publisher's words: never a path on this machine. */
export function filesOf(element: XmlElement | undefined): readonly UpdateFile[] {
  return childrenNamed(element, 'File').map(fileOf);
}

/** Reads an `EulaFile`. */
export function eulaFileOf(element: XmlElement): EulaFile {
  const geoId = attribute(element, 'GeoId');
  return {
    ...fileOf(element),
    language: requiredAttribute(element, 'Language'),
    ...(geoId !== undefined && { geoId }),
  };
}

function fileOf(element: XmlElement): UpdateFile {
  const algorithm = attribute(element, 'DigestAlgorithm') ?? 'SHA1';
  if (algorithm !== 'SHA1') throw refusal(element, 'update.bad-digest', 'DigestAlgorithm is not SHA1');
  const sha256 = sha256Of(element);
  const patchingType = attribute(element, 'PatchingType');
  return {
    sha1: digestOf(element, 'SHA1', requiredAttribute(element, 'Digest')),
    ...(sha256 !== undefined && { sha256 }),
    name: requiredAttribute(element, 'FileName'),
    size: sizeAttribute(element, 'Size'),
    ...(patchingType !== undefined && { patchingType }),
  };
}

function sha256Of(file: XmlElement): string | undefined {
  const digests = childrenNamed(file, 'AdditionalDigest').filter(
    (digest) => attribute(digest, 'Algorithm') === 'SHA256',
  );
  const [digest, second] = digests;
  if (second !== undefined) throw refusal(second, 'update.duplicate-element', 'a file has two SHA256 digests');
  return digest && digestOf(digest, 'SHA256', textOf(digest));
}
