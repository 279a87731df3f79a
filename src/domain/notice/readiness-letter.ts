import { wallTime } from '#domain/calendar/wall-time.ts';
import { counted, type Letter, listed, text } from '#domain/notice/letters.ts';
import type { Finding } from '#domain/readiness/readiness.ts';
import type { Check } from '#domain/readiness/readiness-policy.ts';

/** A server that is not ready, and why. */
export interface UnreadyServer {
  readonly server: string;
  readonly findings: readonly Finding[];
}

/** What an owner can do about it. */
const ADVICE: Readonly<Record<Check, string>> = {
  inventory: 'Tell your provider what is missing.',
  support: 'Move it to a supported system, or agree on an exception.',
  backup: 'Run a backup, and see why the last one is missing.',
  'restore-point': 'See to it that its backup leaves a restore point.',
  'restore-test': 'Restore it somewhere once, and tell how it went.',
  'pending-restart': 'Restart it.',
  disk: 'Free or add disk space.',
  contact: 'See that it runs and reaches the update service.',
  failures: 'A person looks at why the installation fails.',
  clock: 'Set its clock, and see where it takes its time from.',
  tls: 'Let it come over https, with the certificate trusted.',
};

/** Tells owners in time what is missing, so that servers can be patched in a window to come. */
export function readinessLetter(
  { customer, start, zone }: { customer: string; start: Temporal.Instant; zone: string },
  servers: readonly UnreadyServer[],
): Letter {
  const from = wallTime(start, zone);
  return {
    subject: `${customer}: ${counted(servers.length)} not ready for the window of ${from}`,
    body: text([
      `The maintenance window opens on ${from} (${zone}). As things are, these servers are not patched in it:`,
      ...listed(
        servers.map(({ server, findings }) => ({
          server,
          lines: findings.map(({ check, text: found }) => `${found} ${ADVICE[check]}`),
        })),
      ),
      'What is put right before the window opens takes part. Who lets a server go all the same names a reason and an end: ask your provider for an override.',
    ]),
  };
}
