import type { Rule } from '#protocol/update-xml/rules.ts';
import { compareVersions, holds, holdsForText } from '../comparison.ts';
import { registryKey, registryValue } from '../places.ts';
import type { Truth } from '../truth.ts';
import type { RuleContext, RuleTable } from './rule-context.ts';

/**
 * Rules about the registry. One view is modelled: a 32-bit rule (`RegType32`) looks at the same values as a 64-bit one, so that
 * an update for WOW64 must name its `Wow6432Node` key to differ.
 */
export const REGISTRY_RULES: RuleTable = {
  'b.RegKeyExists': keyExists,
  'b.RegValueExists': valueExists,
  'b.RegDword': dword,
  'b.RegSz': text,
  'b.RegExpandSz': text,
  'b.RegSzToVersion': version,
};

function keyExists(rule: Rule, { machine }: RuleContext): Truth {
  const prefix = `${registryKey(rule)}\\`;
  return machine.registry.keys().some((name) => name.startsWith(prefix));
}

function valueExists(rule: Rule, { machine }: RuleContext): Truth {
  const data = machine.registry.get(registryValue(rule));
  if (data === undefined) return false;
  const { Type: type } = rule.attributes;
  if (type === undefined) return true;
  return typeof data === 'number' ? type === 'REG_DWORD' : type === 'REG_SZ' || type === 'REG_EXPAND_SZ';
}

function dword(rule: Rule, { machine }: RuleContext): Truth {
  const data = machine.registry.get(registryValue(rule));
  return typeof data === 'number' && holds(rule.attributes.Comparison, data - Number(rule.attributes.Data));
}

function text(rule: Rule, { machine }: RuleContext): Truth {
  const data = machine.registry.get(registryValue(rule));
  return typeof data === 'string' && holdsForText(rule.attributes.Comparison, data, rule.attributes.Data ?? '');
}

function version(rule: Rule, { machine }: RuleContext): Truth {
  const data = machine.registry.get(registryValue(rule));
  if (typeof data !== 'string') return false;
  return holds(rule.attributes.Comparison, compareVersions(data, rule.attributes.Data ?? ''));
}
