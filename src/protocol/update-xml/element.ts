import { isDeclaration, type XmlTag } from './events.ts';
import { type Place, type UpdateFailureCode, UpdateRefusal } from './failure.ts';
import { UPDATE } from './namespaces.ts';

/** An element of the small parts of a document that are kept as a tree. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  /** Attributes without a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All character data directly in this element. */
  readonly text: string;
  readonly parent: XmlElement | undefined;
  readonly line: number;
  readonly column: number;
}

interface GrowingElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
  readonly parent: GrowingElement | undefined;
}

export interface TreeBuilder {
  /** `namespace` where it shall be another than the tag's. */
  open(tag: XmlTag, place: Place, namespace?: string): void;
  text(text: string): void;
  close(): void;
  /** The elements without a parent, when all are closed. */
  readonly roots: readonly XmlElement[];
  /** Elements built so far. */
  readonly count: number;
}

/** Builds trees from parser events, at most `maxElements` elements. */
export function createTreeBuilder(maxElements: number): TreeBuilder {
  const roots: GrowingElement[] = [];
  let current: GrowingElement | undefined;
  let count = 0;
  return {
    roots,
    get count() {
      return count;
    },
    open(tag, place, namespace = tag.uri) {
      if (++count > maxElements)
        throw new UpdateRefusal('update.too-many-elements', `more than ${maxElements} elements`, place);
      const attributes = new Map<string, string>();
      for (const { prefix, local, value } of tag.attributes) {
        if (prefix === '' && !isDeclaration(prefix, local)) attributes.set(local, value);
      }
      const { line, column } = place;
      const element: GrowingElement = {
        name: tag.local,
        namespace,
        attributes,
        children: [],
        text: '',
        parent: current,
        line,
        column,
      };
      (current?.children ?? roots).push(element);
      current = element;
    },
    text(text) {
      if (current !== undefined) current.text += text;
    },
    close() {
      current = current?.parent;
    },
  };
}

/** A refusal of what stands in this element. */
export function refusal(element: XmlElement, code: UpdateFailureCode, message: string): UpdateRefusal {
  const names: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent)
    if (at.name !== '') names.unshift(at.name);
  return new UpdateRefusal(code, message, { line: element.line, column: element.column, path: names.join('/') });
}

/** The children with this local name, by default of the update schema. */
export function childrenNamed(
  element: XmlElement | undefined,
  name: string,
  namespace = UPDATE,
): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name && child.namespace === namespace) ?? [];
}

/** The only child with this name, or undefined. */
export function onlyChild(element: XmlElement | undefined, name: string, namespace = UPDATE): XmlElement | undefined {
  const [child, second] = childrenNamed(element, name, namespace);
  if (second !== undefined) throw refusal(second, 'update.duplicate-element', `${name} may stand there only once`);
  return child;
}

/** The text of the only child with this name; undefined when there is none or it is empty. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const child = onlyChild(element, name);
  return child === undefined ? undefined : textOf(child) || undefined;
}

/** The character data of an element without white space around it. */
export function textOf(element: XmlElement): string {
  return own(element.text.trim());
}

/** The value of an attribute without white space around it; undefined when it is absent or empty. */
export function attribute(element: XmlElement, name: string): string | undefined {
  const value = element.attributes.get(name)?.trim();
  return value === undefined || value === '' ? undefined : own(value);
}

/** Like `attribute`, but it must be there. */
export function requiredAttribute(element: XmlElement, name: string): string {
  const value = attribute(element, name);
  if (value === undefined) throw refusal(element, 'update.missing-attribute', `${element.name} has no ${name}`);
  return value;
}

/** A copy: the engine may represent a part of a text as a view that keeps the whole document alive. */
function own(text: string): string {
  return ` ${text}`.slice(1);
}
