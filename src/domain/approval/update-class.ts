import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { type Origin, originOf } from '#domain/approval/origin.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

/** Every class of update with its meaning. Policies name them; so do lists and reports. */
export const UPDATE_CLASSES = {
  'os-cumulative': 'Cumulative update or monthly quality rollup of Windows, with security fixes',
  'os-security': 'Single security update of Windows',
  ssu: 'Servicing stack update',
  'os-role-security': 'Security update of an add-on role or feature of Windows: Internet Explorer, IIS',
  'os-other': 'Other update of Windows: critical updates, update rollups, updates',
  timezone: 'Time zone or daylight saving time update of Windows',
  'dotnet-security': 'Security update of the .NET Framework',
  'dotnet-other': 'Other .NET Framework update, release or service pack',
  definition: 'Definition update of Microsoft Defender Antivirus',
  driver: 'Driver',
  firmware: 'Firmware that is delivered as a driver',
  'feature-upgrade':
    'Another version of Windows: replaces the operating system, or belongs to a newer one than the server runs',
  'service-pack': 'Service pack of Windows',
  'feature-pack': 'Feature pack: new functions for Windows',
  'ie-version': 'New version of Internet Explorer',
  preview: 'Preview of the next month (cumulative update without security fixes), or a beta',
  'dynamic-update': 'Dynamic update: files for Windows Setup and recovery',
  tool: 'Tool, such as the Malicious Software Removal Tool',
  office: 'Microsoft Office',
  'microsoft-addon': 'Another Microsoft product that is not part of Windows',
  'third-party': 'Not proven to be a product of Microsoft',
  category: 'Category; nothing to install',
  detectoid: 'Detectoid; nothing to install',
  unknown: 'Nothing in the metadata tells what it is',
} as const satisfies Readonly<Record<string, string>>;

export type UpdateClass = keyof typeof UPDATE_CLASSES;

/** What can be told without a target. `osBuild`: the oldest Windows generation that the update is for. */
interface BaseClass {
  readonly class: UpdateClass;
  readonly osBuild?: number;
}

/** Titles decide only where the metadata has nothing better, and never make an upgrade look like an update. */
const TITLE = {
  dotnet: /\.NET Framework/i,
  preview: /\bpreview\b/i,
  cumulative: /\bcumulative update\b|\bmonthly quality rollup\b/i,
  servicingStack: /\bservicing stack update\b/i,
  dynamicUpdate: /\bdynamic (cumulative )?update\b/i,
  timezone: /\btime ?zones?\b|\bdaylight saving/i,
  internetExplorer: /\binternet explorer\b/i,
  iis: /\binternet information services\b|\biis\b/i,
  update: /\b(update|rollup|hotfix)\b/i,
  removalTool: /\bmalicious software removal tool\b/i,
  firmware: /\bfirmware\b/i,
};

const OS_INSTALLER = /\/OSInstaller$/;

/** Classifications of things beside Windows, even when they name a Windows product. */
const BESIDE_WINDOWS: ReadonlySet<UpdateId | undefined> = new Set([
  CLASSIFICATION.application,
  CLASSIFICATION.connector,
  CLASSIFICATION.developerKit,
  CLASSIFICATION.guidance,
  CLASSIFICATION.wsusInfrastructure,
]);

/**
 * The class of an update, by type, handler, classification and product, and by the target where one is given: an update of Windows
 * that is only for newer generations than the target's build is a feature upgrade there, whatever its KB number, title or
 * classification say. Total: what nothing describes is `unknown`.
 */
export function updateClass(revision: Revision, catalogue: Catalogue, target?: Target): UpdateClass {
  const base = baseClass(revision, catalogue);
  const isNewer = base.osBuild !== undefined && target?.osBuild !== undefined && base.osBuild > target.osBuild;
  return isNewer ? 'feature-upgrade' : base.class;
}

/** True for an update of Windows when the target's build is unknown: nobody can tell whether it would be a feature upgrade there. */
export function mayBeUpgrade(revision: Revision, catalogue: Catalogue, target: Target): boolean {
  return target.osBuild === undefined && baseClass(revision, catalogue).osBuild !== undefined;
}

function baseClass(revision: Revision, catalogue: Catalogue): BaseClass {
  return classesUnder(catalogue)(revision);
}

const classesUnder = memoised((catalogue: Catalogue) =>
  memoised((revision: Revision) => classify(revision, catalogue)),
);

function classify(revision: Revision, catalogue: Catalogue): BaseClass {
  const origin = originOf(revision, catalogue);
  const classification = catalogue.classification(revision);
  const known = byType(revision, classification, origin) ?? byProduct(revision, classification, origin);
  return known ? { class: known } : withGeneration(windowsClass(revision, classification), origin);
}

function withGeneration(known: UpdateClass, { osBuild }: Origin): BaseClass {
  return osBuild === undefined ? { class: known } : { class: known, osBuild };
}

/** What the type of the update, its classification and its parts settle alone. */
function byType(revision: Revision, classification: UpdateId | undefined, origin: Origin): UpdateClass | undefined {
  if (revision.updateType === 'Category') return 'category';
  if (revision.updateType === 'Detectoid') return 'detectoid';
  if (origin.replacesWindows || classification === CLASSIFICATION.upgrade) return 'feature-upgrade';
  const isDriver = classification === CLASSIFICATION.driver || classification === CLASSIFICATION.driverSet;
  if (revision.updateType === 'Driver' || isDriver || origin.kinds.has('driver')) {
    return TITLE.firmware.test(revision.title) ? 'firmware' : 'driver';
  }
  return undefined;
}

/** What the product settles; undefined when it is Windows itself. The product furthest from Windows wins. */
function byProduct(revision: Revision, classification: UpdateId | undefined, origin: Origin): UpdateClass | undefined {
  const { kinds } = origin;
  if (origin.publisher === 'other' || kinds.has('local')) return 'third-party';
  if (kinds.has('office')) return 'office';
  if (kinds.has('addon')) return 'microsoft-addon';
  if (kinds.has('browser')) return 'ie-version';
  if (kinds.has('dynamic-update')) return 'dynamic-update';
  if (kinds.has('defender')) return classification === CLASSIFICATION.definition ? 'definition' : 'os-other';
  if (kinds.has('windows') && !origin.hasUnknownProduct) return undefined;
  if (!origin.hasUnknownProduct) return 'unknown';
  if (origin.publisher !== 'microsoft') return 'third-party';
  return TITLE.dotnet.test(revision.title) ? 'dotnet-other' : 'microsoft-addon';
}

/** The class of an update whose only products are versions of Windows. */
function windowsClass(revision: Revision, classification: UpdateId | undefined): UpdateClass {
  const { title } = revision;
  if (classification === undefined) return 'unknown';
  if (revision.isBeta) return 'preview';
  if (BESIDE_WINDOWS.has(classification)) return 'microsoft-addon';
  if (classification === CLASSIFICATION.definition) return 'definition';
  if (TITLE.dotnet.test(title)) return dotnetClass(title, classification);
  if (classification === CLASSIFICATION.tool || TITLE.removalTool.test(title)) return 'tool';
  if (TITLE.servicingStack.test(title)) return 'ssu';
  if (classification === CLASSIFICATION.servicePack) return 'service-pack';
  if (TITLE.internetExplorer.test(title)) return internetExplorerClass(title, classification);
  if (TITLE.dynamicUpdate.test(title)) return 'dynamic-update';
  if (classification === CLASSIFICATION.featurePack) return 'feature-pack';
  if (TITLE.timezone.test(title)) return 'timezone';
  return operatingSystemClass(revision, classification);
}

function operatingSystemClass({ title, handler }: Revision, classification: UpdateId): UpdateClass {
  const isSecurity = classification === CLASSIFICATION.security;
  if (TITLE.preview.test(title) && !isSecurity) return 'preview';
  if (TITLE.cumulative.test(title) || OS_INSTALLER.test(handler ?? '')) {
    // The release of the second Tuesday always has security fixes; a cumulative "Update" is one of the weeks after it.
    return classification === CLASSIFICATION.update ? 'preview' : 'os-cumulative';
  }
  if (!isSecurity) return 'os-other';
  return TITLE.iis.test(title) ? 'os-role-security' : 'os-security';
}

function dotnetClass(title: string, classification: UpdateId): UpdateClass {
  if (classification === CLASSIFICATION.security) return 'dotnet-security';
  return TITLE.preview.test(title) ? 'preview' : 'dotnet-other';
}

/** Its updates say so in their titles; a new version is called by its name alone. */
function internetExplorerClass(title: string, classification: UpdateId): UpdateClass {
  if (classification === CLASSIFICATION.security) return 'os-role-security';
  return TITLE.update.test(title) ? 'os-other' : 'ie-version';
}
