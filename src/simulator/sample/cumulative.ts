import { type BundleFacts, bundleDocuments } from './bundle.ts';
import type { ClassificationTitle } from './categories.ts';
import { systemDetectoid } from './detectoids.ts';
import type { DocumentFacts } from './document.ts';
import { SAMPLE_UPDATES, type SampleUpdate } from './facts.ts';
import { CBS_HANDLER } from './handlers.ts';
import { publisherOf, SAMPLE_PUBLISHER, syntheticId } from './identity.ts';
import { type SampleSystem, SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import {
  and,
  CBS_INSTALLABLE,
  CBS_INSTALLED,
  packageInstalled,
  packageMetadata,
  type ServicingPackage,
} from './rules.ts';
import { neededStack } from './servicing-stack.ts';

/** One member of a system's line of cumulative updates; each replaces those before it. */
interface CumulativeUpdate {
  readonly updateId: string;
  readonly os: SampleSystem;
  readonly kb: string;
  readonly title: string;
  readonly classification: ClassificationTitle;
  readonly severity?: SampleUpdate['severity'];
  readonly published: string;
  readonly osRevision: number;
  readonly file: string;
  readonly publisher: string;
  /** Preview or out-of-band: stands beside the line of Patch Tuesdays. */
  readonly isExtra: boolean;
}

/** Cumulative updates of all systems: those of each Patch Tuesday, and made-up previews and out-of-band updates. */
export function cumulativeDocuments(): readonly DocumentFacts[] {
  return SYSTEM_NAMES.flatMap((os) => {
    const line = [...patchTuesdayLine(os), ...extraLine(os)].toSorted((a, b) => (a.published < b.published ? -1 : 1));
    return line.flatMap((update, index) => bundleDocuments(cumulativeBundle(update, predecessors(line, index))));
  });
}

/** The servicing package that a cumulative update installs. */
export function cumulativePackage(os: SampleSystem, osRevision: number): ServicingPackage {
  return { name: 'Package_for_RollupFix', version: `${SYSTEMS[os].build}.${osRevision}.1.0` };
}

function patchTuesdayLine(os: SampleSystem): readonly CumulativeUpdate[] {
  const cumulative = SAMPLE_UPDATES.filter((update) => update.kind === 'cumulative');
  return cumulative
    .filter((update) => update.os === os)
    .map((update) => ({
      ...update,
      file: update.files[0],
      publisher: publisherOf(update),
      isExtra: false,
    }));
}

/** Out-of-band and preview updates that the sample adds to the line of Patch Tuesdays. */
const EXTRAS = [
  { os: '2022', day: '2023-10-20T17:00:00Z', osRevision: 2046, kb: '9000110', preview: false },
  { os: '2019', day: '2023-10-24T17:00:00Z', osRevision: 5011, kb: '9000111', preview: true },
  { os: '2022', day: '2023-10-24T17:00:00Z', osRevision: 2071, kb: '9000112', preview: true },
  { os: '2019', day: '2023-11-28T18:00:00Z', osRevision: 5160, kb: '9000113', preview: true },
  { os: '2022', day: '2023-11-28T18:00:00Z', osRevision: 2130, kb: '9000114', preview: true },
  { os: '2019', day: '2024-03-25T17:00:00Z', osRevision: 5470, kb: '9000115', preview: false },
  { os: '2016', day: '2024-07-02T17:00:00Z', osRevision: 6880, kb: '9000116', preview: false },
] as const;

function extraLine(os: SampleSystem): readonly CumulativeUpdate[] {
  return EXTRAS.filter((extra) => extra.os === os).map(({ day, kb, osRevision, preview }) => {
    const name = preview ? 'Cumulative Update Preview' : 'Cumulative Update (out-of-band)';
    return {
      updateId: syntheticId(`cumulative update ${kb}`),
      os,
      kb,
      title: `${day.slice(0, 7)} ${name} for ${SYSTEMS[os].longName} for x64-based Systems (KB${kb}) (synthetic)`,
      classification: preview ? 'Updates' : 'Critical Updates',
      published: day,
      osRevision,
      file: `windows10.0-kb${kb}-x64.cab`,
      publisher: SAMPLE_PUBLISHER,
      isExtra: true,
    };
  });
}

/** Direct predecessors: the Patch Tuesday before, and what stood between. */
function predecessors(line: readonly CumulativeUpdate[], index: number): readonly string[] {
  const before = line.slice(0, index);
  const last = before.findLastIndex((update) => !update.isExtra);
  return before.slice(Math.max(last, 0)).map((update) => update.updateId);
}

function cumulativeBundle(update: CumulativeUpdate, supersedes: readonly string[]): BundleFacts {
  const { os, kb, osRevision, published, title } = update;
  const stack = neededStack(os, published);
  const isInstallable = stack === undefined ? CBS_INSTALLABLE : and(CBS_INSTALLABLE, packageInstalled(stack));
  return {
    updateId: update.updateId,
    publisher: update.publisher,
    published,
    kb,
    ...(update.severity === undefined ? {} : { severity: update.severity }),
    classification: update.classification,
    products: [SYSTEMS[os].product],
    detectoids: [systemDetectoid(os)],
    supersedes,
    texts: [
      { language: 'en', title, description: 'All fixes for the operating system up to this release. Needs a restart.' },
      {
        language: 'de',
        title,
        description: 'Alle Korrekturen des Betriebssystems bis zu diesem Stand. Neustart nötig.',
      },
    ],
    parts: [
      {
        fileNames: [update.file],
        reboot: 'AlwaysRequiresReboot',
        removable: true,
        rules: {
          isInstalled: CBS_INSTALLED,
          isInstallable,
          metadata: packageMetadata(cumulativePackage(os, osRevision), kb, 'required'),
        },
        handler: CBS_HANDLER,
      },
    ],
  };
}
