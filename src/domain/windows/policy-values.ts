import type { InstallTime } from '#domain/windows/install-time.ts';
import { AU_KEY, dword, type RegistryValue, text, WINDOWS_UPDATE_KEY } from '#domain/windows/registry-value.ts';

/** What decides about a server's Windows Update policy. docs/enrolment.md says of each value why it is set. */
export interface PolicyChoice {
  /** `https://host[:port]/token`; absent: the server stays where it is. */
  readonly wuServer?: string;
  readonly time: InstallTime;
  /** Nothing may be fetched from Microsoft by hand. */
  readonly strict: boolean;
  /** The target group that the server is to name. */
  readonly group?: string;
}

/** Minutes between the end of an installation and its restart; the least that the policy allows. */
const RESTART_AFTER_MINUTES = 15;
/** The longest active hours that Windows takes. */
const LONGEST_ACTIVE_HOURS = 18;

/**
 * The `seed` profile: exactly the registry values that the service publishes for its Managed Operations level, every day at 02:00 unless
 * told otherwise. `RackSpaceDefaults` is its mark of a server that opted in.
 */
export function seedPolicy({ wuServer, time }: Pick<PolicyChoice, 'wuServer' | 'time'>): readonly RegistryValue[] {
  return [
    dword(WINDOWS_UPDATE_KEY, 'AcceptTrustedPublisherCerts', 1),
    ...serverAt(wuServer),
    dword(AU_KEY, 'AUOptions', 4),
    dword(AU_KEY, 'AutoInstallMinorUpdates', 0),
    dword(AU_KEY, 'DetectionFrequency', 22),
    dword(AU_KEY, 'DetectionFrequencyEnabled', 1),
    dword(AU_KEY, 'NoAutoRebootWithLoggedOnUsers', 0),
    dword(AU_KEY, 'NoAutoUpdate', 0),
    dword(AU_KEY, 'RackSpaceDefaults', 1),
    dword(AU_KEY, 'ScheduledInstallDay', time.day),
    dword(AU_KEY, 'ScheduledInstallTime', time.hour),
    dword(AU_KEY, 'UseWUServer', 1),
  ];
}

/** The `plan` profile: the weekday and hour of the plan, restarts that keep to it, and this service as the only source. */
export function planPolicy({ wuServer, time, strict, group }: PolicyChoice): readonly RegistryValue[] {
  return [
    dword(WINDOWS_UPDATE_KEY, 'AcceptTrustedPublisherCerts', 1),
    ...serverAt(wuServer),
    ...(group === undefined
      ? []
      : [dword(WINDOWS_UPDATE_KEY, 'TargetGroupEnabled', 1), text(WINDOWS_UPDATE_KEY, 'TargetGroup', group)]),
    ...oneSource(),
    ...activeHours(time),
    dword(WINDOWS_UPDATE_KEY, 'DoNotConnectToWindowsUpdateInternetLocations', strict ? 1 : 0),
    dword(WINDOWS_UPDATE_KEY, 'SetDisableUXWUAccess', strict ? 1 : 0),
    dword(AU_KEY, 'AlwaysAutoRebootAtScheduledTime', 1),
    dword(AU_KEY, 'AlwaysAutoRebootAtScheduledTimeMinutes', RESTART_AFTER_MINUTES),
    dword(AU_KEY, 'AUOptions', 4),
    dword(AU_KEY, 'AutoInstallMinorUpdates', 0),
    dword(AU_KEY, 'DetectionFrequency', 22),
    dword(AU_KEY, 'DetectionFrequencyEnabled', 1),
    dword(AU_KEY, 'NoAutoRebootWithLoggedOnUsers', 0),
    dword(AU_KEY, 'NoAutoUpdate', 0),
    dword(AU_KEY, 'RescheduleWaitTimeEnabled', 0),
    dword(AU_KEY, 'ScheduledInstallDay', time.day),
    dword(AU_KEY, 'ScheduledInstallTime', time.hour),
    dword(AU_KEY, 'UseUpdateClassPolicySource', 1),
    dword(AU_KEY, 'UseWUServer', 1),
  ];
}

function serverAt(wuServer: string | undefined): readonly RegistryValue[] {
  if (wuServer === undefined) return [];
  return [text(WINDOWS_UPDATE_KEY, 'WUServer', wuServer), text(WINDOWS_UPDATE_KEY, 'WUStatusServer', wuServer)];
}

/** WSUS for every kind of update: DisableDualScan for 2016 and 2019, the four sources for 2022 and later. */
function oneSource(): readonly RegistryValue[] {
  const kinds = ['Driver', 'Feature', 'Other', 'Quality'] as const;
  return [
    dword(WINDOWS_UPDATE_KEY, 'DisableDualScan', 1),
    ...kinds.map((kind) => dword(WINDOWS_UPDATE_KEY, `SetPolicyDrivenUpdateSourceFor${kind}Updates`, 1)),
  ];
}

/** No restarts in the active hours: all that lies outside of the window, as far as Windows takes it. None where the window is too long. */
function activeHours({ hour, windowMinutes }: InstallTime): readonly RegistryValue[] {
  const length = Math.min(LONGEST_ACTIVE_HOURS, 24 - Math.ceil(windowMinutes / 60));
  if (length < 1) return [dword(WINDOWS_UPDATE_KEY, 'SetActiveHours', 0)];
  return [
    dword(WINDOWS_UPDATE_KEY, 'ActiveHoursEnd', hour),
    dword(WINDOWS_UPDATE_KEY, 'ActiveHoursStart', (hour - length + 24) % 24),
    dword(WINDOWS_UPDATE_KEY, 'SetActiveHours', 1),
  ];
}
