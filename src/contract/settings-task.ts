import * as z from 'zod';
import { Instant } from '#contract/values.ts';

/** One registry value as the settings task writes it. Keys are below HKEY_LOCAL_MACHINE. */
const RegistryValue = z.discriminatedUnion('type', [
  z.object({ key: z.string(), name: z.string(), type: z.literal('DWord'), value: z.number().int() }),
  z.object({ key: z.string(), name: z.string(), type: z.literal('String'), value: z.string() }),
]);

/**
 * What a server's settings task gets from `GET /<token>/Settings/<SusClientId>` on the client listener. The task knows only these
 * verbs: write the values, start a scan, report. It runs no command that is sent.
 */
export const TaskSettings = z.object({
  /**
   * Digest of the registry values, the enrolment token in them aside; reported back as what the server has. The answer's ETag is one of
   * the whole answer but `at`: a new scan is news too.
   */
  version: z.string(),
  at: Instant,
  registry: z.array(RegistryValue).max(64),
  /**
   * When a scan is to be started: the last two days and the coming eight, in order: `start − 24 h`, `start` and `end` of each window,
   * and the instants of a brake or a pause. The task starts one when an instant lies between its last run and now.
   */
  scans: z.array(Instant).max(256),
  /** The window that comes next or is open. */
  window: z.object({ start: Instant, end: Instant }).optional(),
});
export type TaskSettings = z.output<typeof TaskSettings>;

/** What the task may send to `POST /<token>/Reports/<SusClientId>`: claims of the server about itself. */
export const TaskReport = z.strictObject({
  /** Version of the settings that are in force, and whether a domain policy writes over them. */
  settingsVersion: z.string().max(64),
  overwrittenByPolicy: z.boolean(),
  bootedAt: Instant,
  pendingRestart: z.boolean(),
  systemDiskFreeMegabytes: z.number().int().min(0).max(1e12),
  /** Services that start automatically and do not run. */
  stoppedServices: z.array(z.string().max(256)).max(100),
  /** Errors and critical events of the System and Application logs in the last 24 hours. */
  eventLogErrors: z.number().int().min(0).max(1e9),
  /** Last successful Windows Server Backup, where it is installed. */
  backupAt: Instant.optional(),
  /** Its runs of the last seven days, by its event log. */
  backups: z
    .array(z.strictObject({ at: Instant, ok: z.boolean(), detail: z.string().max(200) }))
    .max(20)
    .optional(),
  /** Of a node of a failover cluster: whether a role of the cluster runs on it. */
  clusterRole: z.enum(['active', 'passive']).optional(),
});
export type TaskReport = z.output<typeof TaskReport>;
