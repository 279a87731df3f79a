import type { Revision } from '#domain/catalogue/revision.ts';
import type { EulaFile } from './files.ts';
import type { LocalizedText } from './texts.ts';

/** A whole `upd:Update` document: what the service must know of it, and the pieces that clients are sent. */
export interface UpdateDocument {
  /** Complete but for the id, which the store gives. */
  readonly revision: Omit<Revision, 'revisionId'>;
  /** At least one. */
  readonly texts: readonly LocalizedText[];
  readonly eulaFiles: readonly EulaFile[];
  readonly supportUrl?: string;
  /** Security bulletins, e.g. `MS17-010`. */
  readonly bulletins: readonly string[];
  /** The payload is bought or encrypted, and needs a fragment made for each request. */
  readonly securedFragment: boolean;
  readonly fragments: UpdateFragments;
}

/** Metadata fragments ([MS-WUSP] 3.1.1.1), as XML that is not yet escaped for a SOAP answer. */
export interface UpdateFragments {
  readonly core: string;
  readonly extended: string;
  /** By language as the document writes it. */
  readonly localized: ReadonlyMap<string, string>;
  readonly eula: readonly EulaFragment[];
}

interface EulaFragment {
  readonly language: string;
  readonly geoId?: string;
  readonly xml: string;
}
