import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { DocumentFacts } from './document.ts';
import { SAMPLE_PUBLISHER, syntheticId } from './identity.ts';
import { type SampleSystem, SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import { PROCESSOR_X64, type RuleXml, registryKeyExists, serverBuild } from './rules.ts';

/** The key that exists where Defender is. */
export const DEFENDER_KEY = 'SOFTWARE\\Microsoft\\Windows Defender';

export const X64_SYSTEM = syntheticId('detectoid x64 system');
export const DEFENDER_PRESENT = syntheticId('detectoid Defender present');
export const SERVER_2016_OR_LATER = syntheticId('detectoid server 2016 or later');

/** The detectoid that is true on exactly this system. */
export function systemDetectoid(system: SampleSystem): UpdateId {
  return syntheticId(`detectoid Windows Server ${system}`);
}

/** Detectoids: hidden updates that answer one question about a machine and are other updates' prerequisites. All are made up. */
export function detectoidDocuments(): readonly DocumentFacts[] {
  return [
    detectoid(X64_SYSTEM, 'x64 system', PROCESSOR_X64),
    detectoid(SERVER_2016_OR_LATER, 'Windows Server 2016 or later', serverBuild('GreaterThanOrEqualTo', 14393)),
    detectoid(DEFENDER_PRESENT, 'Microsoft Defender Antivirus is present', registryKeyExists(DEFENDER_KEY), [
      SERVER_2016_OR_LATER,
    ]),
    ...SYSTEM_NAMES.map((system) =>
      detectoid(
        systemDetectoid(system),
        `Windows Server ${system}, build ${SYSTEMS[system].build}`,
        serverBuild('EqualTo', SYSTEMS[system].build),
        [SERVER_2016_OR_LATER, X64_SYSTEM],
      ),
    ),
  ];
}

function detectoid(
  updateId: UpdateId,
  title: string,
  isInstalled: RuleXml,
  needs: readonly UpdateId[] = [],
): DocumentFacts {
  return {
    updateId,
    revisionNumber: 1,
    updateType: 'Detectoid',
    publisher: SAMPLE_PUBLISHER,
    published: '2021-08-18T17:00:00Z',
    texts: [{ language: 'en', title: `${title} (synthetic)` }],
    prerequisites: needs.map((id) => ({ anyOf: [id], isCategory: false })),
    rules: { isInstalled },
  };
}
