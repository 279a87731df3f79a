import type { Rule } from '#protocol/update-xml/rules.ts';
import type { MachineState } from './machine-state.ts';

const HIVES: Readonly<Record<string, string>> = {
  hkey_local_machine: 'hklm',
  hkey_current_user: 'hkcu',
  hkey_classes_root: 'hkcr',
  hkey_users: 'hku',
  hkey_current_config: 'hkcc',
};

/** The registry key that a rule's `Key` and `Subkey` name, in the form of `MachineState.registry`, without a final backslash. */
export function registryKey(rule: Rule): string {
  const hive = (rule.attributes.Key ?? '').toLowerCase();
  const subkey = (rule.attributes.Subkey ?? '').toLowerCase();
  return `${HIVES[hive] ?? hive}\\${subkey}`.replace(/\\+$/, '');
}

/** The registry value that a rule names; without `Value` it is the key's default value. */
export function registryValue(rule: Rule): string {
  return `${registryKey(rule)}\\${(rule.attributes.Value ?? '').toLowerCase()}`;
}

/** Folders by `CSIDL_…` number, as a rule's `Csidl` attribute names them. */
const FOLDERS: Readonly<Record<string, string>> = {
  '35': 'c:\\programdata',
  '36': 'c:\\windows',
  '37': 'c:\\windows\\system32',
  '38': 'c:\\program files',
  '41': 'c:\\windows\\syswow64',
  '42': 'c:\\program files (x86)',
  '43': 'c:\\program files\\common files',
  '44': 'c:\\program files (x86)\\common files',
};

/** The full path of a `File…` rule in lower case; undefined when its folder is not modelled. */
export function folderPath(rule: Rule): string | undefined {
  const { Csidl: csidl, Path: path = '' } = rule.attributes;
  if (csidl === undefined) return expandPath(path);
  const folder = FOLDERS[csidl];
  return folder === undefined ? undefined : joinPath(folder, path);
}

/** The full path of a `…PrependRegSz` rule: the folder stands in a registry value; undefined when that does not exist. */
export function registryPath(rule: Rule, machine: MachineState): string | undefined {
  const folder = machine.registry.get(registryValue(rule));
  return typeof folder === 'string' ? joinPath(expandPath(folder), rule.attributes.Path ?? '') : undefined;
}

const VARIABLES: Readonly<Record<string, string>> = {
  windir: 'c:\\windows',
  systemroot: 'c:\\windows',
  systemdrive: 'c:',
  programfiles: 'c:\\program files',
  'programfiles(x86)': 'c:\\program files (x86)',
  commonprogramfiles: 'c:\\program files\\common files',
  programdata: 'c:\\programdata',
};

/** Lower case, with the environment variables of a plain Windows replaced; others are left as they are. */
function expandPath(path: string): string {
  return path.toLowerCase().replace(/%([^%]+)%/g, (text, name: string) => VARIABLES[name] ?? text);
}

function joinPath(folder: string, path: string): string {
  return `${folder.replace(/\\+$/, '')}\\${path.toLowerCase().replace(/^\\+/, '')}`;
}
