import type { Rule } from '#protocol/update-xml/rules.ts';
import { compareVersions } from '../comparison.ts';
import type { Architecture, MachineState } from '../machine-state.ts';
import type { Truth } from '../truth.ts';
import { findAll, type RuleContext, type RuleTable } from './rule-context.ts';

/** Rules of the component-based servicing and of the OS installer; their facts stand in the update's metadata. */
export const PACKAGE_RULES: RuleTable = {
  CbsPackageInstalled: packageInstalled,
  CbsPackageInstallable: packageInstallable,
  CbsPackageInstalledByIdentity: installedByIdentity,
  ProductReleaseInstalled: releaseInstalled,
};

/** A servicing package: name in lower case, four-part version, architecture as its manifest writes it. */
export interface ServicingPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** The packages that an update carries, from `CbsPackageApplicabilityMetadata`: the identity at the top of each assembly. */
export function carriedPackages(metadata: Rule | undefined): readonly ServicingPackage[] {
  return findAll(metadata, 'assembly').flatMap((assembly) => identitiesOf(assembly));
}

/** True when the machine has this package in this version or a newer one, which replaces it. */
function hasPackage(machine: MachineState, name: string, version: string): boolean {
  const installed = machine.packages.get(name);
  return installed !== undefined && compareVersions(installed, version) >= 0;
}

function packageInstalled(_rule: Rule, { machine, metadata }: RuleContext): Truth {
  const packages = carriedPackages(metadata);
  if (packages.length === 0) return undefined;
  return packages.every(({ name, version }) => hasPackage(machine, name, version));
}

/** Installable: made for this architecture and, where the manifest names parents, one of them is there. */
function packageInstallable(_rule: Rule, { machine, metadata }: RuleContext): Truth {
  const packages = carriedPackages(metadata);
  if (packages.length === 0) return undefined;
  if (!packages.every(({ architecture }) => runsOn(architecture, machine.architecture))) return false;
  const parents = findAll(metadata, 'parent').flatMap((parent) => identitiesOf(parent));
  return parents.length === 0 || parents.some(({ name }) => machine.packages.has(name));
}

function identitiesOf(element: Rule): readonly ServicingPackage[] {
  return element.children
    .filter((child) => child.name === 'assemblyIdentity')
    .map(({ attributes }) => ({
      name: (attributes.name ?? '').toLowerCase(),
      version: attributes.version ?? '0',
      architecture: (attributes.processorArchitecture ?? 'neutral').toLowerCase(),
    }));
}

const RUNS: Readonly<Record<Architecture, readonly string[]>> = {
  AMD64: ['amd64', 'x86', 'wow64', 'msil', 'neutral', ''],
  X86: ['x86', 'msil', 'neutral', ''],
  ARM64: ['arm64', 'x86', 'msil', 'neutral', ''],
};

function runsOn(packaged: string, machine: Architecture): boolean {
  return RUNS[machine].includes(packaged);
}

/** `name~token~architecture~language~version`. */
export function packageIdentity(rule: Rule): { readonly name: string; readonly version: string } | undefined {
  const parts = (rule.attributes.PackageIdentity ?? '').split('~');
  const [name, , , , version] = parts;
  return name === undefined || name === '' || version === undefined ? undefined : { name: name.toLowerCase(), version };
}

function installedByIdentity(rule: Rule, { machine }: RuleContext): Truth {
  const identity = packageIdentity(rule);
  return identity === undefined ? undefined : hasPackage(machine, identity.name, identity.version);
}

function releaseInstalled(rule: Rule, { machine }: RuleContext): Truth {
  const { Name: name, Version: version } = rule.attributes;
  if (name === undefined || version === undefined) return undefined;
  return hasPackage(machine, name.toLowerCase(), version);
}
