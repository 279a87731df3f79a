import { createFragmentCache } from '../agent/fragments.ts';
import { createHabits } from '../agent/habits.ts';
import type { HttpClient } from '../agent/http-client.ts';
import { handMadeProfile, planProfile } from '../agent/profiles.ts';
import { createVirtualServer, type VirtualServer } from '../agent/virtual-server.ts';
import { sampleServer } from '../sample/sample-server.ts';
import { type DemoServer, planOf, type Scenario } from './scenario.ts';

export interface DemoFleetOptions {
  /** Enrolment tokens by customer. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Without a token. */
  readonly wuServer: string;
  readonly http: HttpClient;
}

/** Minutes within which all servers make their first scan. */
const FIRST_SCAN_WITHIN = 240;

/** Minutes between two runs of a settings task with nothing to do. */
const TASK_EVERY = 24 * 60;

/** The scenario's servers, alive from its beginning, with the Windows Update policy that belongs to the plan of each. */
export function demoFleet(
  { servers, from, seed }: Scenario,
  { tokens, wuServer, http }: DemoFleetOptions,
): ReadonlyMap<string, VirtualServer> {
  const fragments = createFragmentCache();
  const create = (server: DemoServer): VirtualServer => {
    const { dnsName, clientId, customer, region, system, software, settingsTask } = server;
    const plan = planOf(server);
    const token = customer === undefined ? undefined : tokens.get(customer);
    const address = token === undefined ? wuServer : `${wuServer}/${token}`;
    return createVirtualServer({
      identity: { clientId, dnsName, zone: region.zone },
      // Without a plan: every day at 03:00, as Windows itself proposes.
      policy: plan === undefined ? handMadeProfile(address, 0, 3) : planProfile(plan, address, clientId),
      ...(settingsTask ? { task: { every: TASK_EVERY, hearsTurns: server.place !== undefined } } : {}),
      machine: sampleServer(system, { patchedTo: '2023-09', software }),
      habits: createHabits({
        off: server.off,
        networkLost: server.networkLost,
        failures: server.failures,
        ...(server.freeDisk === undefined ? {} : { freeDisk: server.freeDisk }),
        ...(server.backup === undefined ? {} : { backup: server.backup }),
      }),
      http,
      fragments,
      start: from,
      firstScanWithin: FIRST_SCAN_WITHIN,
      seed: `${seed} ${dnsName}`,
    });
  };
  return new Map(servers.map((server) => [server.dnsName, create(server)]));
}
