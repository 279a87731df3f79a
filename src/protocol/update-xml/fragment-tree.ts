import { createTreeBuilder, type XmlElement } from './element.ts';
import { readElements } from './events.ts';
import type { ReadLimits } from './limits.ts';
import { UPDATE } from './namespaces.ts';
import type { Rule } from './rules.ts';

/** The elements of a fragment below a root of our own. */
export interface FragmentTree {
  readonly root: XmlElement;
  /** False when `Metadata` had more elements than were kept. */
  readonly isComplete: boolean;
}

/**
 * Reads the roots of a fragment. Its elements have no namespace; those without one count as elements of the update schema. Below
 * `ApplicabilityRules/Metadata`, where whole servicing manifests stand, only the first `maxMetadata` elements are kept.
 */
export function readFragmentTree(fragment: string | Uint8Array, limits: ReadLimits, maxMetadata: number): FragmentTree {
  const tree = createTreeBuilder(limits.maxElements);
  let inMetadata = false;
  let leftOutBelow = Number.POSITIVE_INFINITY;
  let left = maxMetadata;
  let isComplete = true;
  let section = '';
  readElements(fragment, 'fragment', limits, (position) => ({
    open(tag, depth) {
      if (depth === 0) section = tag.local;
      if (depth === 1) inMetadata = section === 'ApplicabilityRules' && tag.local === 'Metadata';
      if (depth > leftOutBelow) return;
      if (inMetadata && depth > 1 && --left < 0) {
        leftOutBelow = depth - 1;
        isComplete = false;
        return;
      }
      tree.open(tag, position.place(), tag.uri === '' ? UPDATE : tag.uri);
    },
    text(text, depth) {
      if (depth <= leftOutBelow) tree.text(text);
    },
    close(depth) {
      if (depth > leftOutBelow) return;
      tree.close();
      leftOutBelow = Number.POSITIVE_INFINITY;
    },
  }));
  const root: XmlElement = {
    name: '',
    namespace: '',
    attributes: new Map(),
    children: tree.roots,
    text: '',
    parent: undefined,
    line: 1,
    column: 0,
  };
  return { root, isComplete };
}

/** An element as plain data, without its place and namespace. */
export function ruleOf(element: XmlElement): Rule {
  const text = element.text.trim();
  return {
    name: element.name,
    attributes: Object.fromEntries(element.attributes),
    children: element.children.map(ruleOf),
    ...(text !== '' && { text }),
  };
}
