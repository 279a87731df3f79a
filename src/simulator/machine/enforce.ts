import type { Rule } from '#protocol/update-xml/rules.ts';
import { evaluateRule } from './applicability.ts';
import type { MachineChange } from './machine-change.ts';
import { folderPath, registryKey, registryPath, registryValue } from './places.ts';
import { carriedDrivers } from './rules/driver-rules.ts';
import { guid, patchCodes } from './rules/msi-rules.ts';
import { carriedPackages, packageIdentity } from './rules/package-rules.ts';
import type { RuleContext } from './rules/rule-context.ts';

/**
 * The changes that make a rule true (or false) on a machine: what an installer does, derived from its own rule of detection.
 * Empty when it holds already; undefined when no change of the model can do it. Changes nothing itself.
 */
export function enforceRule(rule: Rule, wanted: boolean, context: RuleContext): readonly MachineChange[] | undefined {
  if (evaluateRule(rule, context) === wanted) return [];
  switch (rule.name) {
    case 'And':
      return wanted ? enforceAll(rule.children, true, context) : enforceOne(rule.children, false, context);
    case 'Or':
      return wanted ? enforceOne(rule.children, true, context) : enforceAll(rule.children, false, context);
    case 'Not':
      return wanted ? enforceOne(rule.children, false, context) : enforceAll(rule.children, true, context);
  }
  return Object.hasOwn(ENFORCERS, rule.name) ? ENFORCERS[rule.name]?.(rule, wanted, context) : undefined;
}

function enforceAll(
  rules: readonly Rule[],
  wanted: boolean,
  context: RuleContext,
): readonly MachineChange[] | undefined {
  const changes: MachineChange[] = [];
  for (const rule of rules) {
    const more = enforceRule(rule, wanted, context);
    if (more === undefined) return undefined;
    changes.push(...more);
  }
  return changes;
}

function enforceOne(
  rules: readonly Rule[],
  wanted: boolean,
  context: RuleContext,
): readonly MachineChange[] | undefined {
  for (const rule of rules) {
    const changes = enforceRule(rule, wanted, context);
    if (changes !== undefined) return changes;
  }
  return undefined;
}

type Enforcer = (rule: Rule, wanted: boolean, context: RuleContext) => readonly MachineChange[] | undefined;

const ENFORCERS: Readonly<Record<string, Enforcer>> = {
  CbsPackageInstalled: (_rule, wanted, { metadata }) =>
    carriedPackages(metadata).map(({ name, version }) => packageChange(name, version, wanted)),
  CbsPackageInstalledByIdentity: enforceIdentity,
  ProductReleaseInstalled: ({ attributes: { Name: name = '', Version: version = '' } }, wanted) => [
    packageChange(name.toLowerCase(), version, wanted),
  ],
  'b.RegDword': enforceDword,
  'b.RegSz': enforceText,
  'b.RegExpandSz': enforceText,
  'b.RegSzToVersion': (rule, wanted) => [
    registryChange(registryValue(rule), wanted ? satisfyingVersion(rule, rule.attributes.Data) : undefined),
  ],
  'b.RegValueExists': enforceValue,
  'b.RegKeyExists': (rule, wanted) => (wanted ? [registryChange(`${registryKey(rule)}\\`, '')] : undefined),
  'b.FileExists': (rule, wanted) => fileChange(folderPath(rule), rule.attributes.Version ?? '1.0.0.0', wanted),
  'b.FileVersion': (rule, wanted) =>
    fileChange(folderPath(rule), satisfyingVersion(rule, rule.attributes.Version), wanted),
  'b.FileExistsPrependRegSz': (rule, wanted, context) =>
    enforceRegistryFile(rule, rule.attributes.Version ?? '1.0.0.0', wanted, context),
  'b.FileVersionPrependRegSz': (rule, wanted, context) =>
    enforceRegistryFile(rule, satisfyingVersion(rule, rule.attributes.Version), wanted, context),
  'b.InstalledOnce': (_rule, wanted, { updateId }) => (wanted ? [{ kind: 'installed-once', updateId }] : undefined),
  'b.WindowsVersion': enforceBuild,
  'm.MsiProductInstalled': ({ attributes: { ProductCode: code, VersionMin: version = '1.0' } }, wanted) => [
    { kind: 'product', code: guid(code), ...(wanted ? { version } : {}) },
  ],
  'm.MsiPatchInstalled': (_rule, wanted, { metadata }) =>
    patchCodes(metadata).map((code) => ({ kind: 'patch', code, installed: wanted })),
  'd.WindowsDriverInstalled': enforceDriver,
};

function packageChange(name: string, version: string, wanted: boolean): MachineChange {
  return { kind: 'package', name, ...(wanted ? { version } : {}) };
}

function registryChange(name: string, data: string | number | undefined): MachineChange {
  return { kind: 'registry', name, ...(data === undefined ? {} : { data }) };
}

function fileChange(path: string | undefined, version: string, wanted: boolean): readonly MachineChange[] | undefined {
  return path === undefined ? undefined : [{ kind: 'file', path, ...(wanted ? { version } : {}) }];
}

function enforceIdentity(rule: Rule, wanted: boolean): readonly MachineChange[] | undefined {
  const identity = packageIdentity(rule);
  return identity === undefined ? undefined : [packageChange(identity.name, identity.version, wanted)];
}

function enforceDword(rule: Rule, wanted: boolean): readonly MachineChange[] {
  const data = Number(rule.attributes.Data);
  const shift = STRICT[rule.attributes.Comparison ?? ''] ?? 0;
  return [registryChange(registryValue(rule), wanted ? data + shift : undefined)];
}

function enforceText(rule: Rule, wanted: boolean): readonly MachineChange[] {
  return [registryChange(registryValue(rule), wanted ? (rule.attributes.Data ?? '') : undefined)];
}

/** How far beside the compared number a value must lie for the strict comparisons. */
const STRICT: Readonly<Record<string, number>> = { LessThan: -1, GreaterThan: 1 };

function satisfyingVersion(rule: Rule, version = '0'): string {
  switch (rule.attributes.Comparison) {
    case 'GreaterThan':
      return `${version}.1`;
    case 'LessThan':
      return '0';
    default:
      return version;
  }
}

function enforceValue(rule: Rule, wanted: boolean): readonly MachineChange[] {
  const type = rule.attributes.Type;
  const data = type === undefined || type === 'REG_DWORD' ? 1 : '';
  return [registryChange(registryValue(rule), wanted ? data : undefined)];
}

/** Where a product that registers its own folder is put, if it is not there yet. */
const PRODUCT_FOLDER = 'c:\\program files\\product';

function enforceRegistryFile(
  rule: Rule,
  version: string,
  wanted: boolean,
  { machine }: RuleContext,
): readonly MachineChange[] | undefined {
  const path = registryPath(rule, machine);
  if (path !== undefined) return fileChange(path, version, wanted);
  const file = `${PRODUCT_FOLDER}\\${(rule.attributes.Path ?? '').toLowerCase()}`;
  return [registryChange(registryValue(rule), PRODUCT_FOLDER), { kind: 'file', path: file, version }];
}

/** A feature upgrade is detected by the build that it brings. */
function enforceBuild(rule: Rule, wanted: boolean): readonly MachineChange[] | undefined {
  const { BuildNumber: build, Comparison: comparison = 'EqualTo' } = rule.attributes;
  if (!wanted || build === undefined || comparison.startsWith('LessThan')) return undefined;
  return [{ kind: 'build', build: Number(build) + (STRICT[comparison] ?? 0) }];
}

function enforceDriver(_rule: Rule, wanted: boolean, { machine, metadata }: RuleContext): readonly MachineChange[] {
  return carriedDrivers(metadata)
    .filter(({ hardwareId }) => machine.devices.has(hardwareId))
    .map(({ hardwareId, date, version }) => ({
      kind: 'driver',
      hardwareId,
      driver: wanted ? { date, version } : null,
    }));
}
