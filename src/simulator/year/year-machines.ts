import { createFragmentCache } from '../agent/fragments.ts';
import type { HttpClient } from '../agent/http-client.ts';
import { bareProfile, handMadeProfile, planProfile, seedProfile } from '../agent/profiles.ts';
import type { PolicyValues } from '../agent/registry.ts';
import { createVirtualServer, type VirtualServer } from '../agent/virtual-server.ts';
import { sampleServer } from '../sample/sample-server.ts';
import type { YearServer } from './year-fleet.ts';

export interface YearMachinesOptions {
  /** With the customer's enrolment token in its path. */
  readonly wuServer: string;
  readonly http: HttpClient;
  readonly start: Temporal.Instant;
  readonly seed: string;
  /** Whether turns are given. */
  readonly turns: boolean;
}

/** Minutes within which all servers make their first scan. */
const FIRST_SCAN_WITHIN = 240;

/** Minutes between two runs of a settings task with nothing to do; its scans and a changed plan come at their own times. */
const TASK_EVERY = 12 * 60;

/** The servers of a fleet as machines with agents, by DNS name. */
export function yearMachines(
  servers: readonly YearServer[],
  { wuServer, http, start, seed, turns }: YearMachinesOptions,
): ReadonlyMap<string, VirtualServer> {
  const fragments = createFragmentCache();
  const create = (server: YearServer) =>
    createVirtualServer({
      identity: { clientId: server.clientId, dnsName: server.dnsName, zone: server.zone },
      policy: valuesOf(server, wuServer),
      ...(server.task ? { task: { every: TASK_EVERY, hearsTurns: turns } } : {}),
      machine: sampleServer(server.system, { patchedTo: '2023-09' }),
      habits: server.habits,
      http,
      fragments,
      start,
      firstScanWithin: FIRST_SCAN_WITHIN,
      seed: `${seed} ${server.dnsName}`,
    });
  return new Map(servers.map((server) => [server.dnsName, create(server)]));
}

/** The registry as it was set up in the beginning. */
function valuesOf({ profile, plans, clientId }: YearServer, wuServer: string): PolicyValues {
  switch (profile.kind) {
    case 'plan': {
      const plan = plans[0]?.plan;
      return plan === undefined ? bareProfile(wuServer) : planProfile(plan, wuServer, clientId);
    }
    case 'seed':
      return seedProfile(wuServer);
    case 'hand-made':
      return handMadeProfile(wuServer, profile.day, profile.hour);
    case 'bare':
      return bareProfile(wuServer);
  }
}
