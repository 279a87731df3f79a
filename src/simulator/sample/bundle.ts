import type { RebootBehavior, Severity, UpdateId } from '#domain/catalogue/revision.ts';
import { CLASSIFICATIONS, type ClassificationTitle } from './categories.ts';
import type { DocumentFacts, DocumentRules, DocumentText } from './document.ts';
import type { Handler } from './handlers.ts';
import { SAMPLE_PUBLISHER, syntheticId } from './identity.ts';
import { type SamplePayload, samplePayload } from './payload.ts';

/** An update as people approve it: a parent without rules, made of hidden parts that have the rules and the files. */
export interface BundleFacts {
  readonly updateId: UpdateId;
  readonly revisionNumber?: number;
  readonly publisher?: string;
  readonly published: string;
  readonly texts: readonly DocumentText[];
  readonly kb?: string;
  readonly severity?: Severity;
  readonly classification: ClassificationTitle;
  /** Update ids of product categories; one of them must be there. */
  readonly products: readonly UpdateId[];
  /** Detectoids that must all be true. */
  readonly detectoids: readonly UpdateId[];
  readonly supersedes?: readonly UpdateId[];
  readonly expired?: boolean;
  readonly osUpgrade?: string;
  readonly eula?: { readonly id: string; readonly fileName: string };
  /** One of these gets installed, whichever applies. */
  readonly parts: readonly PartFacts[];
}

export interface PartFacts {
  readonly fileNames: readonly string[];
  readonly rules: DocumentRules;
  readonly handler: Handler;
  readonly reboot: RebootBehavior;
  readonly impact?: 'Normal' | 'Minor' | 'RequiresExclusiveHandling';
  readonly removable?: boolean;
}

/** The documents of a bundle: its parts, then the parent. `payloadOf` says what a file name stands for. */
export function bundleDocuments(
  bundle: BundleFacts,
  payloadOf: (fileName: string) => SamplePayload = samplePayload,
): readonly DocumentFacts[] {
  const { classification, products, detectoids, parts, eula, ...own } = bundle;
  const partDocuments = parts.map((part) => partDocument(bundle, part, payloadOf));
  const parent: DocumentFacts = {
    revisionNumber: 1,
    updateType: 'Software',
    publisher: SAMPLE_PUBLISHER,
    explicitlyDeployable: true,
    ...own,
    ...(eula === undefined ? {} : { eula: { id: eula.id, file: payloadOf(eula.fileName) } }),
    prerequisites: [
      ...detectoids.map((id) => ({ anyOf: [id], isCategory: false })),
      { anyOf: [CLASSIFICATIONS[classification]], isCategory: true },
      { anyOf: products, isCategory: true },
    ],
    bundles: [partDocuments.map(({ updateId, revisionNumber }) => ({ updateId, revisionNumber }))],
  };
  return [...partDocuments, parent];
}

function partDocument(
  bundle: BundleFacts,
  part: PartFacts,
  payloadOf: (fileName: string) => SamplePayload,
): DocumentFacts {
  const [fileName] = part.fileNames;
  return {
    updateId: syntheticId(`part of ${bundle.updateId}: ${fileName}`),
    revisionNumber: bundle.revisionNumber ?? 1,
    updateType: 'Software',
    publisher: SAMPLE_PUBLISHER,
    published: bundle.published,
    texts: [{ language: 'en', title: `HIDDEN: ${fileName} (synthetic)` }],
    reboot: part.reboot,
    impact: part.impact ?? 'Normal',
    removable: part.removable ?? false,
    prerequisites: bundle.detectoids.map((id) => ({ anyOf: [id], isCategory: false })),
    rules: part.rules,
    files: part.fileNames.map((fileName) => payloadOf(fileName)),
    handler: part.handler,
  };
}
