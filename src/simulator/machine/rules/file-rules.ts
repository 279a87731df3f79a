import type { Rule } from '#protocol/update-xml/rules.ts';
import { compareVersions, holds } from '../comparison.ts';
import { folderPath, registryPath } from '../places.ts';
import type { Truth } from '../truth.ts';
import type { RuleContext, RuleTable } from './rule-context.ts';

/** Rules about files: existence and version. Times, sizes and languages of files are not modelled, so rules on them are unknown. */
export const FILE_RULES: RuleTable = {
  'b.FileExists': (rule, context) => exists(rule, folderFile(rule, context)),
  'b.FileExistsPrependRegSz': (rule, context) => exists(rule, registryFile(rule, context)),
  'b.FileVersion': (rule, context) => version(rule, folderFile(rule, context)),
  'b.FileVersionPrependRegSz': (rule, context) => version(rule, registryFile(rule, context)),
};

/** A file's version, or why there is none: it is absent, or its folder is not modelled. */
type FoundFile = { readonly version: string } | 'absent' | 'unknown';

function folderFile(rule: Rule, { machine }: RuleContext): FoundFile {
  const path = folderPath(rule);
  if (path === undefined) return 'unknown';
  const found = machine.files.get(path);
  return found === undefined ? 'absent' : { version: found };
}

function registryFile(rule: Rule, { machine }: RuleContext): FoundFile {
  const path = registryPath(rule, machine);
  const found = path === undefined ? undefined : machine.files.get(path);
  return found === undefined ? 'absent' : { version: found };
}

function exists(rule: Rule, file: FoundFile): Truth {
  if (typeof file === 'string') return file === 'absent' ? false : undefined;
  const { Version: wanted, Created: created, Modified: modified, Size: size, Language: language } = rule.attributes;
  if (wanted !== undefined && compareVersions(file.version, wanted) !== 0) return false;
  return [created, modified, size, language].every((attribute) => attribute === undefined) ? true : undefined;
}

function version(rule: Rule, file: FoundFile): Truth {
  if (typeof file === 'string') return file === 'absent' ? false : undefined;
  if (file.version === '') return false;
  return holds(rule.attributes.Comparison, compareVersions(file.version, rule.attributes.Version ?? ''));
}
