import { AU_KEY, type RegistryValue, WINDOWS_UPDATE_KEY } from '#domain/windows/registry-value.ts';
import type { AgentPolicy } from './policy.ts';

/** Values below `…\Policies\Microsoft\Windows\WindowsUpdate` and its key `AU`: name in lower case → data. */
export type PolicyValues = ReadonlyMap<string, number | string>;

/** Policy values as a registry holds them, whichever of the two keys they are below. */
export function policyValues(registry: readonly RegistryValue[]): PolicyValues {
  return new Map(registry.map(({ name, value }) => [name.toLowerCase(), value]));
}

/** What a registry holds after a settings task has written; as before where it was to write below any other key. */
export function withWritten(values: PolicyValues, registry: readonly RegistryValue[]): PolicyValues {
  if (registry.some(({ key }) => key !== WINDOWS_UPDATE_KEY && key !== AU_KEY)) return values;
  return new Map([...values, ...policyValues(registry)]);
}

/** How an agent on Windows Server understands its policy values; what is not set has the system's own default. */
export function readPolicy(values: PolicyValues): AgentPolicy {
  const wuServer = text(values, 'WUServer') ?? '';
  const targetGroup = isOn(values, 'TargetGroupEnabled') ? text(values, 'TargetGroup') : undefined;
  return {
    wuServer,
    wuStatusServer: text(values, 'WUStatusServer') ?? wuServer,
    auOptions: auOptions(values),
    detectionFrequency: isOn(values, 'DetectionFrequencyEnabled') ? (number(values, 'DetectionFrequency') ?? 22) : 22,
    scheduledInstallDay: number(values, 'ScheduledInstallDay') ?? 0,
    scheduledInstallTime: number(values, 'ScheduledInstallTime') ?? 3,
    rescheduleWaitTime: rescheduleWaitTime(values),
    alwaysAutoRebootMinutes: isOn(values, 'AlwaysAutoRebootAtScheduledTime')
      ? (number(values, 'AlwaysAutoRebootAtScheduledTimeMinutes') ?? 15)
      : 0,
    noAutoRebootWithLoggedOnUsers: isOn(values, 'NoAutoRebootWithLoggedOnUsers'),
    ...(targetGroup === undefined ? {} : { targetGroup }),
  };
}

/** A server to which no policy speaks downloads and waits for a person. */
function auOptions(values: PolicyValues): AgentPolicy['auOptions'] {
  if (isOn(values, 'NoAutoUpdate')) return 2;
  const option = number(values, 'AUOptions');
  return option === 2 || option === 4 ? option : 3;
}

/** Not configured, a missed schedule is made up for one minute after the next start. */
function rescheduleWaitTime(values: PolicyValues): number {
  const enabled = number(values, 'RescheduleWaitTimeEnabled');
  if (enabled === undefined) return 1;
  return enabled === 0 ? 0 : (number(values, 'RescheduleWaitTime') ?? 15);
}

function isOn(values: PolicyValues, name: string): boolean {
  return number(values, name) === 1;
}

function number(values: PolicyValues, name: string): number | undefined {
  const data = values.get(name.toLowerCase());
  return typeof data === 'number' ? data : undefined;
}

function text(values: PolicyValues, name: string): string | undefined {
  const data = values.get(name.toLowerCase());
  return typeof data === 'string' ? data : undefined;
}
