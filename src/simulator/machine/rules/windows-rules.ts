import type { Rule } from '#protocol/update-xml/rules.ts';
import { holds } from '../comparison.ts';
import type { MachineState } from '../machine-state.ts';
import { allOf, type Truth } from '../truth.ts';
import { isTrue, type RuleContext, type RuleTable } from './rule-context.ts';

/** Rules about the operating system, its languages and the hardware ([MS-WUSP] BaseApplicabilityRules). */
export const WINDOWS_RULES: RuleTable = {
  'b.Platform': (rule) => rule.attributes.PlatformID === '2',
  'b.WindowsVersion': windowsVersion,
  'b.PlatformVersion': windowsVersion,
  'b.Processor': processor,
  'b.WindowsLanguage': language,
  'b.PlatformLanguage': language,
  // The model has the language of setup only: no language packs.
  'b.MuiInstalled': () => false,
  'b.MuiLanguageInstalled': () => false,
  'b.SystemMetric': systemMetric,
  'b.ClusteredOS': () => false,
  'b.ClusterResourceOwner': () => false,
  'b.LicenseValueExists': (rule, { machine }) => machine.licences.has(licenceName(rule)),
  'b.LicenseDword': licenceDword,
  'b.WmiQuery': (rule, { machine }) => machine.wmi.get(wmiQuery(rule)),
  'b.InstalledOnce': (_rule, { machine, updateId }) => machine.installedOnce.has(updateId),
};

/** Virtual servers have no service packs: only systems up to 2008 R2 had them. */
const SERVICE_PACK = 0;

function windowsVersion(rule: Rule, { machine }: RuleContext): Truth {
  const { attributes } = rule;
  const pairs: [string | undefined, number][] = [
    [attributes.MajorVersion, machine.osMajor],
    [attributes.MinorVersion, machine.osMinor],
    [attributes.BuildNumber, machine.osBuild],
    [attributes.ServicePackMajor, SERVICE_PACK],
    [attributes.ServicePackMinor, SERVICE_PACK],
  ];
  let order = 0;
  for (const [wanted, actual] of pairs) {
    if (order === 0 && wanted !== undefined) order = Math.sign(actual - Number(wanted));
  }
  const productType = attributes.ProductType;
  return allOf([
    holds(attributes.Comparison, order),
    productType === undefined || Number(productType) === machine.productType,
    suites(rule, machine),
  ]);
}

function suites(rule: Rule, machine: MachineState): boolean {
  if (rule.attributes.SuiteMask === undefined) return true;
  const wanted = Number(rule.attributes.SuiteMask);
  const present = machine.suiteMask & wanted;
  return isTrue(rule.attributes.AllSuitesMustBePresent) ? present === wanted : present !== 0;
}

/** `PROCESSOR_ARCHITECTURE_…` numbers. */
const ARCHITECTURES: Readonly<Record<string, string>> = { '0': 'X86', '9': 'AMD64', '12': 'ARM64' };

function processor(rule: Rule, { machine }: RuleContext): Truth {
  const { Architecture: architecture = '', Level: level, Revision: revision } = rule.attributes;
  if (ARCHITECTURES[architecture] !== machine.architecture) return false;
  return level === undefined && revision === undefined ? true : undefined;
}

function language(rule: Rule, { machine }: RuleContext): Truth {
  const wanted = (rule.attributes.Language ?? '').toLowerCase();
  return machine.locale === wanted || machine.locale.startsWith(`${wanted}-`);
}

function systemMetric(rule: Rule, { machine }: RuleContext): Truth {
  // Windows answers 0 for a metric that it does not have.
  const actual = machine.metrics.get(Number(rule.attributes.Index)) ?? 0;
  return holds(rule.attributes.Comparison, actual - Number(rule.attributes.Value));
}

function licenceName(rule: Rule): string {
  return (rule.attributes.Value ?? '').toLowerCase();
}

function licenceDword(rule: Rule, { machine }: RuleContext): Truth {
  const actual = machine.licences.get(licenceName(rule));
  return actual !== undefined && holds(rule.attributes.Comparison, actual - Number(rule.attributes.Data));
}

function wmiQuery(rule: Rule): string {
  return (rule.attributes.WqlQuery ?? '').replace(/\s+/g, ' ').trim().toLowerCase();
}
