import { bundleDocuments, type PartFacts } from './bundle.ts';
import { systemDetectoid } from './detectoids.ts';
import type { DocumentFacts } from './document.ts';
import { SAMPLE_UPDATES, type SampleUpdate } from './facts.ts';
import { CBS_HANDLER } from './handlers.ts';
import { publisherOf } from './identity.ts';
import { SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import {
  and,
  CBS_INSTALLABLE,
  CBS_INSTALLED,
  packageMetadata,
  type RegistryPlace,
  type RuleXml,
  registryDword,
  type ServicingPackage,
} from './rules.ts';

/** Where .NET Framework 4 writes which version it is. */
export const DOTNET_RELEASE: RegistryPlace = {
  subkey: 'SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full',
  value: 'Release',
};

/** Versions that have a file of their own, with the smallest `Release` of each and of the next one. */
const VERSIONS = {
  '4.7.2': { from: 461808, below: 528040 },
  '4.8': { from: 528040, below: 533320 },
  '4.8.1': { from: 533320, below: 600000 },
} as const;

type DotnetVersion = keyof typeof VERSIONS;

/** Cumulative updates for .NET Framework: one part for each version that a system may have. */
export function dotnetDocuments(): readonly DocumentFacts[] {
  return SYSTEM_NAMES.flatMap((os) => {
    const line = SAMPLE_UPDATES.filter((update) => update.os === os && update.kind === 'dotnet');
    return line.flatMap((update, index) => {
      const predecessor = line[index - 1];
      return bundleDocuments({
        updateId: update.updateId,
        publisher: publisherOf(update),
        published: update.published,
        kb: update.kb,
        ...(update.severity === undefined ? {} : { severity: update.severity }),
        classification: update.classification,
        products: [SYSTEMS[os].product],
        detectoids: [systemDetectoid(os)],
        supersedes: predecessor === undefined ? [] : [predecessor.updateId],
        texts: [
          { language: 'en', title: update.title, description: 'All fixes for .NET Framework up to this release.' },
          {
            language: 'de',
            title: update.title,
            description: 'Alle Korrekturen für .NET Framework bis zu diesem Stand.',
          },
        ],
        parts: update.files.map((file) => part(update, file)),
      });
    });
  });
}

/** The packages that an update installs where .NET Framework has this `Release`. */
export function dotnetPackages(update: SampleUpdate, release: number): readonly ServicingPackage[] {
  return update.files
    .filter((file) => release >= VERSIONS[versionOf(file)].from && release < VERSIONS[versionOf(file)].below)
    .map((file) => dotnetPackage(update, file));
}

/** The version is a stand-in made of year and month. */
function dotnetPackage({ published }: SampleUpdate, file: string): ServicingPackage {
  const yearMonth = published.slice(2, 7).replace('-', '');
  return { name: `Package_for_DotNetRollup_${versionOf(file).replaceAll('.', '')}`, version: `10.0.${yearMonth}.1` };
}

function part(update: SampleUpdate, file: string): PartFacts {
  return {
    fileNames: [file],
    reboot: 'CanRequestReboot',
    removable: true,
    rules: {
      isInstalled: CBS_INSTALLED,
      isInstallable: and(CBS_INSTALLABLE, isPresent(versionOf(file))),
      metadata: packageMetadata(dotnetPackage(update, file), update.kb, 'possible'),
    },
    handler: CBS_HANDLER,
  };
}

/** Microsoft names the version at the end of the file, except for the one that Windows Server 2019 came with. */
function versionOf(file: string): DotnetVersion {
  if (file.includes('NDP481')) return '4.8.1';
  return file.includes('NDP48') ? '4.8' : '4.7.2';
}

function isPresent(version: DotnetVersion): RuleXml {
  const { from, below } = VERSIONS[version];
  return and(
    registryDword(DOTNET_RELEASE, 'GreaterThanOrEqualTo', from),
    registryDword(DOTNET_RELEASE, 'LessThan', below),
  );
}
