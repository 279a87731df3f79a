import type { Rule } from '#protocol/update-xml/rules.ts';
import { DRIVER_RULES } from './rules/driver-rules.ts';
import { FILE_RULES } from './rules/file-rules.ts';
import { MSI_RULES } from './rules/msi-rules.ts';
import { PACKAGE_RULES } from './rules/package-rules.ts';
import { REGISTRY_RULES } from './rules/registry-rules.ts';
import type { RuleContext, RuleTable } from './rules/rule-context.ts';
import { WINDOWS_RULES } from './rules/windows-rules.ts';
import { allOf, anyOf, not, type Truth } from './truth.ts';

const RULES: RuleTable = {
  ...WINDOWS_RULES,
  ...REGISTRY_RULES,
  ...FILE_RULES,
  ...PACKAGE_RULES,
  ...MSI_RULES,
  ...DRIVER_RULES,
  True: () => true,
  False: () => false,
};

/**
 * Evaluates an applicability rule on a machine, as the Windows Update Agent would: true, false, or undefined where the model cannot
 * say. `onUnknown` is told the name of every element without an answer. Depth is bounded by the reader of the fragment.
 */
export function evaluateRule(rule: Rule, context: RuleContext, onUnknown?: (name: string) => void): Truth {
  const operands = () => rule.children.map((child) => evaluateRule(child, context, onUnknown));
  switch (rule.name) {
    case 'And':
      return allOf(operands());
    case 'Or':
      return anyOf(operands());
    case 'Not':
      return not(allOf(operands()));
  }
  const truth = Object.hasOwn(RULES, rule.name) ? RULES[rule.name]?.(rule, context) : undefined;
  if (truth === undefined) onUnknown?.(rule.name);
  return truth;
}
