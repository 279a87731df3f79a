import type { Rule } from '#protocol/update-xml/rules.ts';
import { compareVersions } from '../comparison.ts';
import type { MachineState } from '../machine-state.ts';
import type { Truth } from '../truth.ts';
import { findAll, isTrue, type RuleContext, type RuleTable } from './rule-context.ts';

/** Rules about Windows Installer products and patches. Features, components and supersedence inside MSI are not modelled. */
export const MSI_RULES: RuleTable = {
  'm.MsiProductInstalled': (rule, { machine }) => productInstalled(rule, machine),
  'm.MsiPatchInstalledForProduct': (rule, { machine }) =>
    machine.patches.has(guid(rule.attributes.PatchCode)) && productInstalled(rule, machine),
  'm.MsiPatchInstalled': patchInstalled,
  'm.MsiApplicationInstalled': applicationInstalled,
};

function productInstalled(rule: Rule, machine: MachineState): Truth {
  const version = machine.products.get(guid(rule.attributes.ProductCode));
  if (version === undefined) return false;
  const {
    VersionMin: min,
    VersionMax: max,
    ExcludeVersionMin: aboveMin,
    ExcludeVersionMax: belowMax,
  } = rule.attributes;
  const fromMin = min === undefined ? 1 : compareVersions(version, min);
  const fromMax = max === undefined ? -1 : compareVersions(version, max);
  if (fromMin < 0 || (fromMin === 0 && isTrue(aboveMin))) return false;
  return fromMax < 0 || (fromMax === 0 && !isTrue(belowMax));
}

function patchInstalled(_rule: Rule, { machine, metadata }: RuleContext): Truth {
  const codes = patchCodes(metadata);
  return codes.length === 0 ? undefined : codes.every((code) => machine.patches.has(code));
}

function applicationInstalled(_rule: Rule, { machine, metadata }: RuleContext): Truth {
  const codes = findAll(metadata, 'm.MsiApplicationMetadata')
    .flatMap(({ children }) => children)
    .flatMap(({ text }) => (text === undefined ? [] : [guid(text)]));
  return codes.length === 0 ? undefined : codes.some((code) => machine.products.has(code));
}

/** The patch codes that an update carries in its `MsiPatch` blobs. */
export function patchCodes(metadata: Rule | undefined): readonly string[] {
  return findAll(metadata, 'MsiPatch').flatMap(({ attributes }) =>
    attributes.PatchGUID === undefined ? [] : [guid(attributes.PatchGUID)],
  );
}

/** Lower case, without braces. */
export function guid(text: string | undefined): string {
  return (text ?? '').replace(/[{}]/g, '').toLowerCase();
}
