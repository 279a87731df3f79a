import { createHash } from 'node:crypto';
import type { SourceDocument } from '#server/sources/import.ts';
import { type BundleFacts, bundleDocuments } from '#simulator/sample/bundle.ts';
import { categoryDocuments } from '#simulator/sample/categories.ts';
import { detectoidDocuments } from '#simulator/sample/detectoids.ts';
import { writeDocument } from '#simulator/sample/document.ts';
import { CBS_HANDLER } from '#simulator/sample/handlers.ts';
import { syntheticId } from '#simulator/sample/identity.ts';
import { type SampleSystem, SYSTEMS } from '#simulator/sample/operating-systems.ts';
import { CBS_INSTALLABLE, CBS_INSTALLED, packageMetadata } from '#simulator/sample/rules.ts';

/** The system of the servers that are measured. */
export const MEASURED: SampleSystem = '2019';
const OTHERS: readonly SampleSystem[] = ['2016', '2022'];
const FIRST = Temporal.Instant.from('2016-10-12T17:00:00Z');

/**
 * `count` revisions: categories and detectoids, then updates of two revisions each, a bundle and its part. About `measured` of them are for
 * Windows Server 2019, the others for two other systems. None replaces another, so that all are sent: the most that a catalogue of this
 * size can ask of a scan.
 */
export function* benchCatalogue(count: number, measured: number): Generator<SourceDocument> {
  const fixed = [...categoryDocuments(), ...detectoidDocuments()];
  for (const document of fixed) yield written(document);
  const updates = Math.floor((count - fixed.length) / 2);
  const own = Math.min(updates, Math.floor((measured - fixed.length) / 2));
  for (let index = 0; index < updates; index++) {
    // Spread evenly: the ids of one system are as far apart as in a real catalogue.
    const isOwn = Math.floor(((index + 1) * own) / updates) > Math.floor((index * own) / updates);
    const system = isOwn ? MEASURED : (OTHERS[index % OTHERS.length] ?? MEASURED);
    for (const document of bundleDocuments(update(index, system), payload)) yield written(document);
  }
}

/** The update of this number in every catalogue that has it. */
export function benchUpdateId(index: number): string {
  return syntheticId(`bench ${index}`);
}

/** A document of one servicing manifest with so many bytes, as the largest cumulative updates have. */
export function largeDocument(bytes: number): SourceDocument {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < bytes; index++) {
    const identity = `name="Microsoft-Windows-Component-${index % 5000}" version="10.0.17763.${index % 9000}" language="neutral" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" buildType="release" versionScope="nonSxS"`;
    const part = `<update name="${index}">\n  <component>\n    <assemblyIdentity ${identity} />\n  </component>\n</update>\n`;
    parts.push(part);
    length += part.length;
  }
  const update = bundleDocuments(
    { ...updateFacts('large', FIRST, MEASURED), updateId: syntheticId('bench large') },
    payload,
  );
  const [part] = update;
  if (!part) throw new Error('a bundle has a part');
  const { xml } = written(part);
  const metadata = `<assembly xmlns="urn:schemas-microsoft-com:asm.v3">${parts.join('')}</assembly>`;
  const [before, after] = [xml.slice(0, metadataEnd(xml)), xml.slice(metadataEnd(xml))];
  return { name: 'large', xml: `${before}${metadata}${after}` };
}

/** Where more manifests may stand: behind those that `ApplicabilityRules/Metadata` has. */
function metadataEnd(xml: string): number {
  const end = /<\/(\w+:)?Metadata>/.exec(xml)?.index;
  if (end === undefined) throw new Error('the sample has a document without metadata');
  return end;
}

function update(index: number, system: SampleSystem): BundleFacts {
  return { ...updateFacts(String(index), FIRST.add({ minutes: index }), system), updateId: benchUpdateId(index) };
}

function updateFacts(name: string, published: Temporal.Instant, system: SampleSystem): Omit<BundleFacts, 'updateId'> {
  const { product, longName, build } = SYSTEMS[system];
  const kb = `9${name.padStart(6, '0')}`;
  const title = `Update ${name} for ${longName} (KB${kb}) (synthetic)`;
  return {
    published: published.toString(),
    kb,
    classification: 'Security Updates',
    products: [product],
    detectoids: [syntheticId(`detectoid Windows Server ${system}`)],
    texts: [
      { language: 'en', title, description: 'A fix.' },
      { language: 'de', title, description: 'Eine Korrektur.' },
    ],
    parts: [
      {
        fileNames: [`windows10.0-kb${kb}-x64.cab`],
        reboot: 'CanRequestReboot',
        removable: true,
        rules: {
          isInstalled: CBS_INSTALLED,
          isInstallable: CBS_INSTALLABLE,
          metadata: packageMetadata(
            { name: `Package_for_${name}`, version: `${build}.1.0.${name.length}` },
            kb,
            'possible',
          ),
        },
        handler: CBS_HANDLER,
      },
    ],
  };
}

function written(document: Parameters<typeof writeDocument>[0]): { readonly name: string; readonly xml: string } {
  return { name: document.updateId, xml: writeDocument(document) };
}

function payload(name: string) {
  const sha1 = createHash('sha1').update(name).digest();
  const sha256 = createHash('sha256').update(name).digest();
  const digests = { sha1: sha1.toString('base64'), sha256: sha256.toString('base64') };
  return { name, size: sha256.readUInt32BE(0), sha1: sha1.toString('hex'), digests };
}
