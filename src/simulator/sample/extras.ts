import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import { type BundleFacts, bundleDocuments, type PartFacts } from './bundle.ts';
import { PRODUCTS } from './categories.ts';
import { SERVER_2016_OR_LATER, systemDetectoid, X64_SYSTEM } from './detectoids.ts';
import type { DocumentFacts, DocumentText } from './document.ts';
import { CBS_HANDLER, commandLineHandler, OS_INSTALLER_HANDLER } from './handlers.ts';
import { syntheticId } from './identity.ts';
import { type SampleSystem, SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import {
  CBS_INSTALLABLE,
  CBS_INSTALLED,
  packageMetadata,
  type RegistryPlace,
  registryKeyExists,
  registryVersion,
  serverBuild,
} from './rules.ts';

/** Made-up software of the kinds that an approval policy must tell apart and that the real months do not have. */
export function extraDocuments(): readonly DocumentFacts[] {
  return [
    ...timeZoneUpdate('2019'),
    ...timeZoneUpdate('2022'),
    ...removalTool('2023-10-10T17:00:00Z', '5.118', undefined),
    ...removalTool('2023-11-14T18:00:00Z', '5.119', '5.118'),
    ...LATER_TOOLS.flatMap(({ published, version, previous }) => removalTool(published, version, previous)),
    ...bundleDocuments(SERVICE_PACK),
    ...bundleDocuments(INTERNET_EXPLORER),
    ...bundleDocuments(OFFICE),
    ...bundleDocuments(FEATURE_UPGRADE),
    ...bundleDocuments(SQL_WITH_LICENCE),
    ...bundleDocuments(ARCHIVER),
    ...bundleDocuments({ ...ARCHIVER, revisionNumber: 2, published: '2023-10-19T09:00:00Z' }),
    ...bundleDocuments(WITHDRAWN),
    ...bundleDocuments({ ...WITHDRAWN, revisionNumber: 2, published: '2023-10-18T17:00:00Z', expired: true }),
  ];
}

function text(title: string, description: string, german: string): readonly DocumentText[] {
  return [
    { language: 'en', title: `${title} (synthetic)`, description },
    { language: 'de', title: `${title} (synthetic)`, description: german },
  ];
}

function packagePart(kb: string, name: string, system: SampleSystem): PartFacts {
  const version = `${SYSTEMS[system].build}.1.1.0`;
  return {
    fileNames: [`windows10.0-kb${kb}-x64-${system}.cab`],
    reboot: 'CanRequestReboot',
    removable: true,
    rules: {
      isInstalled: CBS_INSTALLED,
      isInstallable: CBS_INSTALLABLE,
      metadata: packageMetadata({ name, version }, kb, 'possible'),
    },
    handler: CBS_HANDLER,
  };
}

/** A program that is installed when a registry value holds its version, on machines that have its key. */
function programPart(file: string, place: RegistryPlace, version: string): PartFacts {
  return {
    fileNames: [file],
    reboot: 'NeverReboots',
    rules: { isInstalled: registryVersion(place, version), isInstallable: registryKeyExists(place.subkey) },
    handler: commandLineHandler(file, '/quiet /norestart'),
  };
}

function timeZoneUpdate(system: SampleSystem): readonly DocumentFacts[] {
  const kb = system === '2019' ? '9000120' : '9000121';
  const { longName, product } = SYSTEMS[system];
  return bundleDocuments({
    updateId: syntheticId(`time zones ${system}`),
    published: '2023-10-10T17:00:00Z',
    kb,
    classification: 'Updates',
    products: [product],
    detectoids: [systemDetectoid(system)],
    texts: text(
      `2023-10 Cumulative Time Zone Update for ${longName} for x64-based Systems (KB${kb})`,
      'New rules of daylight-saving time.',
      'Neue Regeln der Sommerzeit.',
    ),
    parts: [packagePart(kb, 'Package_for_TimeZones', system)],
  });
}

/** In every second month of 2024. */
const LATER_TOOLS = [1, 3, 5, 7, 9, 11].map((month, index) => ({
  published: cycleStart(`2024-${String(month).padStart(2, '0')}`).toString(),
  version: `5.${120 + index}`,
  previous: `5.${119 + index}`,
}));

/** Runs once on every server and leaves its version. */
function removalTool(published: string, version: string, previous: string | undefined): readonly DocumentFacts[] {
  const file = `windows-kb890830-x64-v${version}.exe`;
  const place = { subkey: 'SOFTWARE\\Microsoft\\RemovalTools\\MRT', value: 'Version' };
  return bundleDocuments({
    updateId: syntheticId(`removal tool ${version}`),
    published,
    kb: '890830',
    classification: 'Update Rollups',
    products: SYSTEM_NAMES.map((system) => SYSTEMS[system].product),
    detectoids: [X64_SYSTEM, SERVER_2016_OR_LATER],
    supersedes: previous === undefined ? [] : [syntheticId(`removal tool ${previous}`)],
    texts: text(
      `Windows Malicious Software Removal Tool x64 - v${version} (KB890830)`,
      'Looks for widespread harmful software once and removes it.',
      'Sucht einmal nach verbreiteter schädlicher Software und entfernt sie.',
    ),
    parts: [
      {
        fileNames: [file],
        reboot: 'NeverReboots',
        rules: {
          isInstalled: registryVersion(place, `${version}.0.0`),
          isInstallable: serverBuild('GreaterThanOrEqualTo', 14393),
        },
        handler: commandLineHandler(file, '/Q'),
      },
    ],
  });
}

const SERVICE_PACK: BundleFacts = {
  updateId: syntheticId('service pack'),
  published: '2023-10-17T17:00:00Z',
  kb: '9000130',
  classification: 'Service Packs',
  products: [SYSTEMS['2019'].product],
  detectoids: [systemDetectoid('2019')],
  texts: text('Windows Server 2019 Service Pack 1 (KB9000130)', 'A service pack.', 'Ein Service Pack.'),
  parts: [packagePart('9000130', 'Package_for_ServicePack', '2019')],
};

const INTERNET_EXPLORER: BundleFacts = {
  updateId: syntheticId('internet explorer'),
  published: '2023-10-24T17:00:00Z',
  kb: '9000131',
  classification: 'Feature Packs',
  products: [SYSTEMS['2016'].product],
  detectoids: [systemDetectoid('2016')],
  texts: text(
    'Internet Explorer 12 for Windows Server 2016 for x64-based Systems (KB9000131)',
    'A new version of the browser.',
    'Eine neue Version des Browsers.',
  ),
  parts: [packagePart('9000131', 'Package_for_InternetExplorer', '2016')],
};

/** Where Office writes its version. */
export const OFFICE_VERSION: RegistryPlace = {
  subkey: 'SOFTWARE\\Microsoft\\Office\\16.0\\Common\\ProductVersion',
  value: 'LastProduct',
};

const OFFICE: BundleFacts = {
  updateId: syntheticId('office'),
  published: '2023-10-10T17:00:00Z',
  kb: '9000132',
  severity: 'Important',
  classification: 'Security Updates',
  products: [PRODUCTS.office2016],
  detectoids: [X64_SYSTEM],
  texts: text(
    'Security Update for Microsoft Office 2016 (KB9000132) 64-Bit Edition',
    'Closes a weakness of Office.',
    'Schließt eine Schwachstelle von Office.',
  ),
  parts: [programPart('office-kb9000132-fullfile-x64-glb.exe', OFFICE_VERSION, '16.0.5417.1000')],
};

const FEATURE_UPGRADE: BundleFacts = {
  updateId: syntheticId('feature upgrade'),
  published: '2023-10-17T17:00:00Z',
  kb: '9000133',
  classification: 'Upgrades',
  products: [SYSTEMS['2022'].product, SYSTEMS['2019'].product],
  detectoids: [X64_SYSTEM, systemDetectoid('2019')],
  osUpgrade: 'swap',
  texts: text(
    'Windows Server 2022, upgrade from earlier versions (KB9000133)',
    'Replaces the operating system by its successor.',
    'Ersetzt das Betriebssystem durch seinen Nachfolger.',
  ),
  parts: [
    {
      fileNames: ['windows-server-2022-kb9000133-x64.wim', 'windows-server-2022-kb9000133-x64.psf'],
      reboot: 'AlwaysRequiresReboot',
      impact: 'RequiresExclusiveHandling',
      rules: {
        isInstalled: serverBuild('GreaterThanOrEqualTo', SYSTEMS['2022'].build),
        isInstallable: serverBuild('EqualTo', SYSTEMS['2019'].build),
      },
      handler: OS_INSTALLER_HANDLER,
    },
  ],
};

/** Where SQL Server writes its version. */
export const SQL_VERSION: RegistryPlace = {
  subkey: 'SOFTWARE\\Microsoft\\MSSQLServer\\MSSQLServer\\CurrentVersion',
  value: 'CurrentVersion',
};

const SQL_WITH_LICENCE: BundleFacts = {
  updateId: syntheticId('sql server'),
  published: '2023-10-10T17:00:00Z',
  kb: '9000134',
  severity: 'Important',
  classification: 'Security Updates',
  products: [PRODUCTS.sqlServer2019],
  detectoids: [X64_SYSTEM],
  eula: { id: syntheticId('sql server licence'), fileName: 'sql-server-kb9000134-licence-en.txt' },
  texts: text(
    'Security Update for SQL Server 2019 RTM GDR (KB9000134)',
    'Comes with licence terms that must be accepted before.',
    'Mit Lizenzbedingungen, die vorher anzunehmen sind.',
  ),
  parts: [programPart('sqlserver2019-kb9000134-x64.exe', SQL_VERSION, '15.0.2104.1')],
};

/** Where the third-party program writes its version. */
export const ARCHIVER_VERSION: RegistryPlace = { subkey: 'SOFTWARE\\Example Corporation\\Archiver', value: 'Version' };

/** Third-party software; its second revision comes in the middle of the cycle. */
const ARCHIVER: BundleFacts = {
  updateId: syntheticId('archiver'),
  published: '2023-10-11T09:00:00Z',
  classification: 'Applications',
  products: [PRODUCTS.locallyPublished],
  detectoids: [X64_SYSTEM],
  texts: text(
    'Example Archiver 23.01 (x64)',
    'A program of another publisher.',
    'Ein Programm eines anderen Herstellers.',
  ),
  parts: [programPart('example-archiver-23.01-x64.exe', ARCHIVER_VERSION, '23.1.0.0')],
};

/** Published on Patch Tuesday, expired by its second revision eight days later. */
const WITHDRAWN: BundleFacts = {
  updateId: syntheticId('withdrawn'),
  published: '2023-10-10T17:00:00Z',
  kb: '9000135',
  severity: 'Important',
  classification: 'Security Updates',
  products: [SYSTEMS['2022'].product],
  detectoids: [systemDetectoid('2022')],
  texts: text(
    '2023-10 Security Update for Microsoft server operating system version 21H2 for x64-based Systems (KB9000135)',
    'Was withdrawn by its publisher.',
    'Wurde vom Herausgeber zurückgezogen.',
  ),
  parts: [packagePart('9000135', 'Package_for_KB9000135', '2022')],
};
