import { type CoreFragment, type ExtendedFragment, readCore, readExtended } from '#protocol/update-xml/rules.ts';
import { ownText } from './own-text.ts';
import { createUpdateCache, type UpdateCache } from './update-cache.ts';

/** What all virtual servers of a process share: thousands of them hold the same catalogue. */
export interface FragmentCache {
  /** What they have cached. */
  readonly updates: UpdateCache;
  /** Undefined for a fragment that cannot be read. */
  core(revisionId: number, xml: string): CoreFragment | undefined;
  extended(revisionId: number, xml: string): ExtendedFragment | undefined;
}

/** Creates an empty cache. Its key is the revision id and the content: a server that reuses an id is no confusion. */
export function createFragmentCache(): FragmentCache {
  const cores: Remembered<CoreFragment> = new Map();
  const extendeds: Remembered<ExtendedFragment> = new Map();
  return {
    updates: createUpdateCache(),
    core: (revisionId, xml) => remember(cores, revisionId, xml, coreOf),
    extended: (revisionId, xml) => remember(extendeds, revisionId, xml, extendedOf),
  };
}

/** Revision id → the contents that came under it; mostly one. */
type Remembered<Value> = Map<number, { readonly xml: string; readonly value: Value }[]>;

function remember<Value>(
  known: Remembered<Value>,
  revisionId: number,
  xml: string,
  read: (xml: string) => Value | undefined,
): Value | undefined {
  const contents = known.get(revisionId) ?? [];
  const found = contents.find((content) => content.xml === xml);
  if (found !== undefined) return found.value;
  const own = ownText(xml);
  const value = read(own);
  if (value !== undefined) known.set(revisionId, [...contents, { xml: own, value }]);
  return value;
}

function coreOf(xml: string): CoreFragment | undefined {
  const read = readCore(xml);
  return read.ok ? read.core : undefined;
}

function extendedOf(xml: string): ExtendedFragment | undefined {
  const read = readExtended(xml);
  return read.ok ? read.extended : undefined;
}
