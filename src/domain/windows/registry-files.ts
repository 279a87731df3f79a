import { plain, regText, windowsLines, xmlText } from '#domain/windows/quote.ts';
import { byKey, type RegistryValue } from '#domain/windows/registry-value.ts';

/** A registration file for regedit, as regedit exports it; to be written in UTF-16LE with a byte order mark. */
export function regFile(values: readonly RegistryValue[], heading: readonly string[]): string {
  const sections = [...byKey(values)].flatMap(([key, own]) => [
    '',
    `[HKEY_LOCAL_MACHINE\\${plain(key)}]`,
    ...own.map(
      (one) => `${regText(one.name)}=${one.type === 'String' ? regText(one.value) : `dword:${hex(one.value)}`}`,
    ),
  ]);
  return windowsLines(['Windows Registry Editor Version 5.00', '', ...heading.map(comment(';')), ...sections]);
}

/** The same as a text that LGPO.exe makes a registry.pol from (`LGPO.exe /r policy-lgpo.txt /w registry.pol`, or `/t` for this computer). */
export function lgpoText(values: readonly RegistryValue[], heading: readonly string[]): string {
  const entries = values.flatMap((one) => [
    '',
    'Computer',
    plain(one.key),
    plain(one.name),
    one.type === 'String' ? `SZ:${plain(one.value)}` : `DWORD:${one.value}`,
  ]);
  return windowsLines([...heading.map(comment(';')), ...entries]);
}

/** The same as items of Group Policy Preferences ([MS-GPPREF] 2.2.1.17): the Registry.xml of a GPO. */
export function preferencesXml(values: readonly RegistryValue[], heading: readonly string[]): string {
  const items = values.flatMap((one) => {
    const name = xmlText(one.name);
    const [image, type, value] =
      one.type === 'String'
        ? (['7', 'REG_SZ', xmlText(one.value)] as const)
        : (['12', 'REG_DWORD', hex(one.value).toUpperCase()] as const);
    const about = `action="U" displayDecimal="1" default="0" hive="HKEY_LOCAL_MACHINE" key="${xmlText(one.key)}"`;
    return [
      `  <Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="${name}" status="${name}" image="${image}">`,
      `    <Properties ${about} name="${name}" type="${type}" value="${value}"/>`,
      '  </Registry>',
    ];
  });
  return windowsLines([
    '<?xml version="1.0" encoding="utf-8"?>',
    ...heading.map((line) => `<!-- ${xmlText(line).replaceAll('--', '- -')} -->`),
    '<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">',
    ...items,
    '</RegistrySettings>',
  ]);
}

function comment(mark: string): (line: string) => string {
  return (line) => `${mark} ${plain(line)}`;
}

/** Eight digits, as regedit writes a DWORD. */
function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
