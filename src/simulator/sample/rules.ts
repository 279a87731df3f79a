import { element } from './xml.ts';

/**
 * Applicability rules as XML ([MS-WUSP] BaseApplicabilityRules, LogicalApplicabilityRules). Rules of one document are kept to
 * what a virtual server can evaluate, and what it can make true by installing.
 */
export type RuleXml = string;

export function and(...rules: readonly RuleXml[]): RuleXml {
  return element('lar:And', {}, rules);
}

function or(...rules: readonly RuleXml[]): RuleXml {
  return element('lar:Or', {}, rules);
}

export const TRUE: RuleXml = element('lar:True');
export const CBS_INSTALLED: RuleXml = element('cbsar:CbsPackageInstalled');
export const CBS_INSTALLABLE: RuleXml = element('cbsar:CbsPackageInstallable');

/** 2 is a domain controller, 3 any other server. */
const SERVER_TYPES = [3, 2] as const;

/** A server, domain controllers included, whose Windows build compares so. */
export function serverBuild(comparison: 'EqualTo' | 'GreaterThanOrEqualTo', build: number): RuleXml {
  const version = { Comparison: comparison, MajorVersion: 10, MinorVersion: 0, BuildNumber: build };
  return or(...SERVER_TYPES.map((type) => element('bar:WindowsVersion', { ...version, ProductType: type })));
}

/** `PROCESSOR_ARCHITECTURE_AMD64`. */
export const PROCESSOR_X64: RuleXml = element('bar:Processor', { Architecture: 9 });

/** A registry value below `HKEY_LOCAL_MACHINE`. */
export interface RegistryPlace {
  readonly subkey: string;
  readonly value: string;
}

export function registryKeyExists(subkey: string): RuleXml {
  return element('bar:RegKeyExists', { Key: 'HKEY_LOCAL_MACHINE', Subkey: subkey });
}

export function registryDword(place: RegistryPlace, comparison: string, data: number): RuleXml {
  return element('bar:RegDword', { ...placeAttributes(place), Comparison: comparison, Data: data });
}

/** A text value that holds a dotted version of at least this. */
export function registryVersion(place: RegistryPlace, version: string): RuleXml {
  return element('bar:RegSzToVersion', {
    ...placeAttributes(place),
    Comparison: 'GreaterThanOrEqualTo',
    Data: version,
  });
}

function placeAttributes({ subkey, value }: RegistryPlace) {
  return { Key: 'HKEY_LOCAL_MACHINE', Subkey: subkey, Value: value };
}

/** A servicing package: what `CbsPackageInstalled` looks for. */
export interface ServicingPackage {
  readonly name: string;
  /** Four parts. */
  readonly version: string;
}

const PUBLIC_KEY_TOKEN = '31bf3856ad364e35';

/** Another package must be there in this version. */
export function packageInstalled({ name, version }: ServicingPackage): RuleXml {
  const identity = `${name}~${PUBLIC_KEY_TOKEN}~amd64~~${version}`;
  return element('cbsar:CbsPackageInstalledByIdentity', { PackageIdentity: identity });
}

/** `ApplicabilityRules/Metadata` of a CBS update: the head of the package's manifest. */
export function packageMetadata(cbsPackage: ServicingPackage, kb: string, restart: 'possible' | 'required' | 'none') {
  const identity = element('assemblyIdentity', {
    name: cbsPackage.name,
    version: cbsPackage.version,
    language: 'neutral',
    processorArchitecture: 'amd64',
    publicKeyToken: PUBLIC_KEY_TOKEN,
  });
  const packageElement = element('package', {
    identifier: `KB${kb}`,
    applicabilityEvaluation: 'deep',
    releaseType: 'Update',
    restart: restart === 'none' ? undefined : restart,
  });
  const assembly = element(
    'assembly',
    { xmlns: 'urn:schemas-microsoft-com:asm.v3', manifestVersion: '1.0', displayName: 'default' },
    [identity, packageElement],
  );
  return element('cbsar:CbsPackageApplicabilityMetadata', {}, assembly);
}
