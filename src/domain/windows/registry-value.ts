/** One registry value below HKEY_LOCAL_MACHINE, as the settings task and the bootstrap files write it. */
export type RegistryValue =
  | { readonly key: string; readonly name: string; readonly type: 'DWord'; readonly value: number }
  | { readonly key: string; readonly name: string; readonly type: 'String'; readonly value: string };

/** The key of the Windows Update policies; nothing else is ever written but it and `AU_KEY`. */
export const WINDOWS_UPDATE_KEY = 'SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';
/** Its subkey for Automatic Updates. */
export const AU_KEY = `${WINDOWS_UPDATE_KEY}\\AU`;

/** A number as REG_DWORD. */
export function dword(key: string, name: string, value: number): RegistryValue {
  return { key, name, type: 'DWord', value };
}

/** A text as REG_SZ. */
export function text(key: string, name: string, value: string): RegistryValue {
  return { key, name, type: 'String', value };
}

/** Values by key, in the order in which the keys first come. */
export function byKey(values: readonly RegistryValue[]): ReadonlyMap<string, readonly RegistryValue[]> {
  return Map.groupBy(values, ({ key }) => key);
}
