/** The Windows Update policy of one server: registry values under `…\Policies\Microsoft\Windows\WindowsUpdate`, by their own names. */
export interface AgentPolicy {
  /** `WUServer`: `https://host[:port][/path]`; the service paths are appended. */
  readonly wuServer: string;
  /** `WUStatusServer`: where events go; usually the same. */
  readonly wuStatusServer: string;
  /** `AU\AUOptions`: 2 notify before download, 3 download and notify, 4 download and install at the schedule. */
  readonly auOptions: 2 | 3 | 4;
  /** `AU\DetectionFrequency` in hours, 1–22. */
  readonly detectionFrequency: number;
  /** `AU\ScheduledInstallDay`: 0 every day, 1 Sunday … 7 Saturday. */
  readonly scheduledInstallDay: number;
  /** `AU\ScheduledInstallTime`: hour of the local day, 0–23. */
  readonly scheduledInstallTime: number;
  /** `AU\RescheduleWaitTime` in minutes after the next start; 0 means `RescheduleWaitTimeEnabled=0`: a missed schedule waits for the next. */
  readonly rescheduleWaitTime: number;
  /** `AU\AlwaysAutoRebootAtScheduledTimeMinutes`, 15–180; 0 when the policy is off and the restart follows after five minutes. */
  readonly alwaysAutoRebootMinutes: number;
  /** `AU\NoAutoRebootWithLoggedOnUsers`. */
  readonly noAutoRebootWithLoggedOnUsers: boolean;
  /** `TargetGroup`, when `TargetGroupEnabled=1`. */
  readonly targetGroup?: string;
}

/** A policy as our bootstrap writes it; only the address has no default. */
export function createPolicy(wuServer: string, over: Partial<AgentPolicy> = {}): AgentPolicy {
  return {
    wuServer,
    wuStatusServer: wuServer,
    auOptions: 4,
    detectionFrequency: 22,
    scheduledInstallDay: 0,
    scheduledInstallTime: 3,
    rescheduleWaitTime: 0,
    alwaysAutoRebootMinutes: 15,
    noAutoRebootWithLoggedOnUsers: false,
    ...over,
  };
}

/**
 * The first scheduled installation strictly after an instant, in the server's own zone. A wall time that a daylight-saving change
 * skips comes later, a repeated one means the first.
 */
export function nextScheduledInstall(policy: AgentPolicy, zone: string, after: Temporal.Instant): Temporal.Instant {
  const today = after.toZonedDateTimeISO(zone).toPlainDate();
  // Eight days reach the next chosen weekday even when today's hour is over; one more for a date line that skips a day.
  for (let days = 0; days <= 9; days++) {
    const date = today.add({ days });
    if (!isScheduledDay(policy, date)) continue;
    const start = date
      .toZonedDateTime({ timeZone: zone, plainTime: { hour: policy.scheduledInstallTime } })
      .toInstant();
    if (Temporal.Instant.compare(start, after) > 0) return start;
  }
  throw new Error(`no scheduled installation within nine days of ${after} in ${zone}`);
}

function isScheduledDay(policy: AgentPolicy, date: Temporal.PlainDate): boolean {
  const day = policy.scheduledInstallDay;
  // ISO weekdays end with Sunday = 7, the policy's begin with Sunday = 1.
  return day === 0 || (date.dayOfWeek % 7) + 1 === day;
}

/** The shortest and longest wait between two scans in minutes: 0.8 × the frequency, and the frequency plus four hours. */
export function detectionRange(policy: AgentPolicy): { readonly least: number; readonly most: number } {
  return { least: Math.round(policy.detectionFrequency * 48), most: policy.detectionFrequency * 60 + 240 };
}
