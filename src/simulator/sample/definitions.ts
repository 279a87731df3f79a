import { bundleDocuments } from './bundle.ts';
import { PRODUCTS } from './categories.ts';
import { DEFENDER_KEY, DEFENDER_PRESENT } from './detectoids.ts';
import type { DocumentFacts } from './document.ts';
import { commandLineHandler } from './handlers.ts';
import { syntheticId } from './identity.ts';
import { type RegistryPlace, registryKeyExists, registryVersion } from './rules.ts';

/** Where Defender writes the version of its definitions. */
export const DEFINITION_VERSION: RegistryPlace = {
  subkey: `${DEFENDER_KEY}\\Signature Updates`,
  value: 'AVSignatureVersion',
};

/** Definition updates count from here, so that every range of months has the same ones. */
const FIRST_DAY = Temporal.PlainDate.from('2023-09-01');

/**
 * Made-up Defender definition updates from the facts' first day until `until`, one every so many days at 06:20 UTC. Each replaces
 * the one before.
 */
export function definitionDocuments(until: Temporal.PlainDate, everyDays: number): readonly DocumentFacts[] {
  const count = Math.floor(FIRST_DAY.until(until).days / everyDays) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => FIRST_DAY.add({ days: index * everyDays })).flatMap(
    (day, index) => definitionUpdate(day, everyDays, index === 0),
  );
}

function definitionUpdate(day: Temporal.PlainDate, everyDays: number, isFirst: boolean): readonly DocumentFacts[] {
  const version = versionOf(day);
  const file = `mpam-fe-${version}.exe`;
  const title = `Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version ${version}) (synthetic)`;
  return bundleDocuments({
    updateId: definitionId(day, everyDays),
    published: `${day}T06:20:00Z`,
    kb: '2267602',
    classification: 'Definition Updates',
    products: [PRODUCTS.defender],
    detectoids: [DEFENDER_PRESENT],
    supersedes: isFirst ? [] : [definitionId(day.subtract({ days: everyDays }), everyDays)],
    texts: [
      { language: 'en', title, description: 'The newest definitions of harmful software.' },
      { language: 'de', title, description: 'Die neuesten Definitionen schädlicher Software.' },
    ],
    parts: [
      {
        fileNames: [file],
        reboot: 'NeverReboots',
        impact: 'Minor',
        rules: {
          isInstalled: registryVersion(DEFINITION_VERSION, version),
          isInstallable: registryKeyExists(DEFENDER_KEY),
        },
        handler: commandLineHandler(file, '-q'),
      },
    ],
  });
}

/** Series of different steps are different updates, since each names its predecessor. */
function definitionId(day: Temporal.PlainDate, everyDays: number): string {
  return syntheticId(`definition update ${day}, every ${everyDays}`);
}

/** Grows with the day, in the form of the real ones. */
function versionOf(day: Temporal.PlainDate): string {
  return `1.${397 + FIRST_DAY.until(day).days}.${day.day * 10}.0`;
}
