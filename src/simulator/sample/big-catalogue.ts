import { createHash } from 'node:crypto';
import { type BundleFacts, bundleDocuments } from './bundle.ts';
import { type ClassificationTitle, categoryDocuments } from './categories.ts';
import { detectoidDocuments, systemDetectoid } from './detectoids.ts';
import { type DocumentFacts, writeDocument } from './document.ts';
import { CBS_HANDLER } from './handlers.ts';
import { syntheticId } from './identity.ts';
import { SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import type { SamplePayload } from './payload.ts';
import { CBS_INSTALLABLE, CBS_INSTALLED, packageMetadata } from './rules.ts';
import type { SampleDocument } from './sample-catalogue.ts';

/**
 * `count` revisions of the sample's shape for measurements, made one by one: categories and detectoids, then updates of two
 * revisions each (bundle and part) in lines of supersedence. Always the same. Files have names, sizes and digests, but no bytes.
 */
export function* bigCatalogue(count: number): Generator<SampleDocument> {
  let left = count;
  for (const document of endlessDocuments()) {
    if (left-- <= 0) return;
    yield {
      name: `${document.updateId}-r${document.revisionNumber}`,
      published: document.published,
      xml: writeDocument(document),
    };
  }
}

function* endlessDocuments(): Generator<DocumentFacts> {
  yield* categoryDocuments();
  yield* detectoidDocuments();
  for (let index = 0; ; index++) yield* bundleDocuments(bigUpdate(index), payloadWithoutBytes);
}

/** Lines that run side by side, and how many updates replace one another before a line begins anew. */
const LINES = 60;
const LINE_LENGTH = 24;

const CLASSIFICATION_CYCLE: readonly ClassificationTitle[] = [
  'Security Updates',
  'Updates',
  'Security Updates',
  'Update Rollups',
  'Critical Updates',
];

const START = Temporal.Instant.from('2016-10-12T17:00:00Z');

function bigUpdate(index: number): BundleFacts {
  const line = index % LINES;
  const position = Math.floor(index / LINES) % LINE_LENGTH;
  const system = SYSTEM_NAMES[line % SYSTEM_NAMES.length] ?? '2019';
  const kb = String(9_100_000 + index);
  const version = `${SYSTEMS[system].build}.${position}.${Math.floor(index / LINES / LINE_LENGTH)}.0`;
  return {
    updateId: bigId(index),
    published: START.add({ hours: index }).toString(),
    kb,
    classification: CLASSIFICATION_CYCLE[line % CLASSIFICATION_CYCLE.length] ?? 'Updates',
    products: [SYSTEMS[system].product],
    detectoids: [systemDetectoid(system)],
    supersedes: position === 0 ? [] : [bigId(index - LINES)],
    texts: [
      {
        language: 'en',
        title: `Update ${index} for ${SYSTEMS[system].longName} (KB${kb}) (synthetic)`,
        description: 'A fix.',
      },
      {
        language: 'de',
        title: `Update ${index} für ${SYSTEMS[system].longName} (KB${kb}) (synthetic)`,
        description: 'Eine Korrektur.',
      },
    ],
    parts: [
      {
        fileNames: [`windows10.0-kb${kb}-x64.cab`],
        reboot: 'CanRequestReboot',
        removable: true,
        rules: {
          isInstalled: CBS_INSTALLED,
          isInstallable: CBS_INSTALLABLE,
          metadata: packageMetadata({ name: `Package_for_Line${line}`, version }, kb, 'possible'),
        },
        handler: CBS_HANDLER,
      },
    ],
  };
}

function bigId(index: number): string {
  return syntheticId(`big ${index}`);
}

function payloadWithoutBytes(name: string): SamplePayload {
  const sha1 = createHash('sha1').update(name).digest();
  const sha256 = createHash('sha256').update(name).digest();
  return {
    name,
    size: sha256.readUInt32BE(0),
    sha1: sha1.toString('hex'),
    digests: { sha1: sha1.toString('base64'), sha256: sha256.toString('base64') },
  };
}
