import type { CategoryType, Revision } from '#domain/catalogue/revision.ts';
import type { UpdateDocument } from './document.ts';
import { attribute, childrenNamed, createTreeBuilder, onlyChild, refusal, type XmlElement } from './element.ts';
import { type ElementSink, type Position, readElements, type XmlTag } from './events.ts';
import { refusing, type UpdateFailure, UpdateRefusal } from './failure.ts';
import { type EulaFile, eulaFileOf, filesOf } from './files.ts';
import { createFragmentWriter } from './fragment-writer.ts';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.ts';
import { CATEGORY_HANDLER, UPDATE } from './namespaces.ts';
import { behaviourOf, corePropertiesOf, decidingFactsOf, EXTENDED_PROPERTIES, publicFactsOf } from './properties.ts';
import { relationshipsOf } from './relationships.ts';
import { type LocalizedText, principalTitle, textsOf } from './texts.ts';
import { choiceAttribute, identityOf } from './values.ts';

/**
 * Reads a whole `upd:Update` document, as GetUpdateData delivers it ([MS-WUSP] 3.1.1.1), and derives the
 * fragments that clients are sent. Elements are known by namespace and local name, whatever the prefixes. The document is read as a
 * stream: the rules and the servicing manifests below `ApplicabilityRules`, which may be tens of megabytes, go straight to the core
 * fragment and are not interpreted.
 *
 * @param xml text, or bytes in UTF-8 or UTF-16
 * @returns the document, or why and where it was refused; hostile input never throws
 */
export function readUpdate(
  xml: string | Uint8Array,
  limits: Partial<ReadLimits> = {},
): { readonly ok: true; readonly update: UpdateDocument } | UpdateFailure {
  return refusing(() => {
    const sections: Sections = { root: undefined, written: new Map(), collection: [] };
    const all = { ...DEFAULT_LIMITS, ...limits };
    readElements(xml, 'document', all, (position) => createSectionSink(sections, all.maxElements, position));
    if (sections.root === undefined) throw new Error('a document without a root was accepted');
    return { ok: true, update: assemble(sections.root, sections) };
  });
}

/** What one pass over the document leaves behind. */
interface Sections {
  /** Without what is below `ApplicabilityRules`. */
  root: XmlElement | undefined;
  /** Fragment text of the children of `Update` by local name. */
  readonly written: Map<string, string>;
  /** Fragment text of each child of `LocalizedPropertiesCollection`, in order. */
  readonly collection: string[];
}

const SECTIONS: ReadonlySet<string> = new Set([
  'UpdateIdentity',
  'Properties',
  'LocalizedPropertiesCollection',
  'Relationships',
  'ApplicabilityRules',
  'Files',
  'HandlerSpecificData',
]);

/** Distributes the document: rules are only written, everything else is written and kept as a tree. */
function createSectionSink(sections: Sections, maxElements: number, position: Position): ElementSink {
  const tree = createTreeBuilder(maxElements);
  const writer = createFragmentWriter();
  const seen = new Set<string>();
  let section: string | undefined;
  /** Depth at which the pieces of this section begin. */
  let writtenFrom = 1;

  function beginSection(tag: XmlTag): void {
    section = tag.uri === UPDATE && SECTIONS.has(tag.local) ? tag.local : undefined;
    if (section === undefined) return;
    if (seen.has(section)) {
      throw new UpdateRefusal('update.duplicate-element', `${section} may stand there only once`, position.place());
    }
    seen.add(section);
    writtenFrom = section === 'LocalizedPropertiesCollection' ? 2 : 1;
  }

  function keepsTree(depth: number): boolean {
    return depth === 0 || (section !== undefined && section !== 'ApplicabilityRules');
  }

  return {
    open(tag, depth) {
      if (depth === 0 && (tag.local !== 'Update' || tag.uri !== UPDATE)) {
        throw new UpdateRefusal(
          'update.unexpected-element',
          'the root is not Update of the update schema',
          position.place(),
        );
      }
      if (depth === 1) beginSection(tag);
      if (keepsTree(depth)) tree.open(tag, position.place());
      if (section === undefined || depth < writtenFrom) return;
      writer.open(tag, depth === 1 && section === 'Properties' ? EXTENDED_PROPERTIES : undefined);
    },
    text(text, depth) {
      if (section === undefined) return;
      if (depth >= writtenFrom) writer.text(text);
      if (section !== 'ApplicabilityRules') tree.text(text);
    },
    close(depth) {
      if (section !== undefined && depth >= writtenFrom) {
        writer.close();
        if (depth === writtenFrom && depth === 1) sections.written.set(section, writer.take());
        else if (depth === writtenFrom) sections.collection.push(writer.take());
      }
      if (keepsTree(depth)) tree.close();
      if (depth === 1) section = undefined;
      if (depth === 0) sections.root = tree.roots[0];
    },
  };
}

function assemble(root: XmlElement, sections: Sections): UpdateDocument {
  const properties = requiredChild(root, 'Properties');
  const collection = requiredChild(root, 'LocalizedPropertiesCollection');
  const texts = textsOf(collection);
  const eulaFiles = childrenNamed(collection, 'EulaFile').map(eulaFileOf);
  const { bulletins, supportUrl, ...facts } = publicFactsOf(properties);
  const deciding = decidingFactsOf(properties);
  const categoryType = deciding.updateType === 'Category' ? categoryTypeOf(root) : undefined;
  return {
    revision: {
      ...identityOf(requiredChild(root, 'UpdateIdentity')),
      ...deciding,
      ...(categoryType !== undefined && { categoryType }),
      title: principalTitle(texts, attribute(properties, 'DefaultPropertiesLanguage')),
      ...facts,
      ...behaviourOf(properties),
      ...relationshipsOf(onlyChild(root, 'Relationships')),
      files: filesOf(onlyChild(root, 'Files')),
    } satisfies Omit<Revision, 'revisionId'>,
    texts,
    eulaFiles,
    ...(supportUrl !== undefined && { supportUrl }),
    bulletins,
    securedFragment: onlyChild(properties, 'SecuredFragment') !== undefined,
    fragments: fragmentsOf(properties, collection, texts, eulaFiles, sections),
  };
}

function fragmentsOf(
  properties: XmlElement,
  collection: XmlElement,
  texts: readonly LocalizedText[],
  eulaFiles: readonly EulaFile[],
  { written, collection: pieces }: Sections,
): UpdateDocument['fragments'] {
  const section = (name: string) => written.get(name) ?? '';
  const piecesNamed = (name: string) =>
    collection.children.flatMap((child, index) =>
      child.name === name && child.namespace === UPDATE ? [pieces[index] as string] : [],
    );
  const localized = piecesNamed('LocalizedProperties');
  const eula = piecesNamed('EulaFile');
  return {
    core:
      section('UpdateIdentity') +
      corePropertiesOf(properties) +
      section('Relationships') +
      section('ApplicabilityRules'),
    extended: section('Properties') + section('Files') + section('HandlerSpecificData'),
    localized: new Map(texts.map(({ language }, index) => [language, localized[index] as string])),
    eula: eulaFiles.map(({ language, geoId }, index) => ({
      language,
      ...(geoId !== undefined && { geoId }),
      xml: eula[index] as string,
    })),
  };
}

const CATEGORY_TYPES: readonly CategoryType[] = ['Company', 'ProductFamily', 'Product', 'UpdateClassification'];

function categoryTypeOf(root: XmlElement): CategoryType {
  const data = requiredChild(root, 'HandlerSpecificData');
  const information = requiredChild(data, 'CategoryInformation', CATEGORY_HANDLER);
  const type = choiceAttribute(information, 'CategoryType', CATEGORY_TYPES);
  if (type === undefined)
    throw refusal(information, 'update.missing-attribute', 'CategoryInformation has no CategoryType');
  return type;
}

function requiredChild(element: XmlElement, name: string, namespace?: string): XmlElement {
  const child = onlyChild(element, name, namespace);
  if (child === undefined) throw refusal(element, 'update.missing-element', `${element.name} has no ${name}`);
  return child;
}
