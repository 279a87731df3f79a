import type { UpdateClass } from '#domain/approval/update-class.ts';

/** Kinds of patching that are planned apart; each may have its own plan. */
export const KINDS = [
  'cumulative',
  'dotnet',
  'definitions',
  'drivers',
  'firmware',
  'agents',
  'third-party',
  'emergency',
] as const;
export type Kind = (typeof KINDS)[number];

/** What belongs to each kind. */
export const KIND_TITLES: Readonly<Record<Kind, string>> = {
  cumulative: 'Routine updates of Windows and of what runs on it',
  dotnet: 'Updates of the .NET Framework',
  definitions: 'Definition updates of Microsoft Defender Antivirus',
  drivers: 'Drivers',
  firmware: 'Firmware',
  agents: 'Agents of backup, monitoring and protection; other tools install them',
  'third-party': 'Products of other publishers',
  emergency: 'What goes ahead of its week because it is exploited',
};

const BY_CLASS: { readonly [name in UpdateClass]?: Kind } = {
  'dotnet-security': 'dotnet',
  'dotnet-other': 'dotnet',
  definition: 'definitions',
  driver: 'drivers',
  firmware: 'firmware',
  'third-party': 'third-party',
};

/** The kind of an update of a class; all that is neither .NET, nor a definition, driver, firmware or foreign is routine and cumulative. */
export function kindOf(updateClass: UpdateClass): Kind {
  return BY_CLASS[updateClass] ?? 'cumulative';
}
