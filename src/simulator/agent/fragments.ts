import { hash } from 'node:crypto';
import { type CoreFragment, type ExtendedFragment, readCore, readExtended } from '#protocol/update-xml/rules.ts';

/** Parsed fragments, shared by all virtual servers of a process: thousands of them hold the same catalogue. */
export interface FragmentCache {
  /** Undefined for a fragment that cannot be read. */
  core(revisionId: number, xml: string): CoreFragment | undefined;
  extended(revisionId: number, xml: string): ExtendedFragment | undefined;
}

/** Creates an empty cache. Its key is the revision id and the content: a server that reuses an id is no confusion. */
export function createFragmentCache(): FragmentCache {
  const cores = new Map<string, CoreFragment | undefined>();
  const extendeds = new Map<string, ExtendedFragment | undefined>();
  return {
    core: (revisionId, xml) => remember(cores, revisionId, xml, () => coreOf(xml)),
    extended: (revisionId, xml) => remember(extendeds, revisionId, xml, () => extendedOf(xml)),
  };
}

function remember<Value>(known: Map<string, Value>, revisionId: number, xml: string, read: () => Value): Value {
  const key = `${revisionId} ${hash('sha256', xml, 'base64')}`;
  const value = known.get(key);
  if (value !== undefined) return value;
  const fresh = read();
  known.set(key, fresh);
  return fresh;
}

function coreOf(xml: string): CoreFragment | undefined {
  const read = readCore(xml);
  return read.ok ? read.core : undefined;
}

function extendedOf(xml: string): ExtendedFragment | undefined {
  const read = readExtended(xml);
  return read.ok ? read.extended : undefined;
}
