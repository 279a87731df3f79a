import { createFragmentCache } from '../agent/fragments.ts';
import { createHabits } from '../agent/habits.ts';
import type { HttpClient } from '../agent/http-client.ts';
import { createVirtualServer, type VirtualServer } from '../agent/virtual-server.ts';
import { sampleServer } from '../sample/sample-server.ts';
import { planPolicy, taskScans } from './plan-schedule.ts';
import { type DemoServer, planOf, type Scenario } from './scenario.ts';
import { withSettingsTask } from './settings-task.ts';

export interface DemoFleetOptions {
  /** Enrolment tokens by customer. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Without a token. */
  readonly wuServer: string;
  readonly http: HttpClient;
}

/** Minutes within which all servers make their first scan. */
const FIRST_SCAN_WITHIN = 240;

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
    const virtual = createVirtualServer({
      identity: { clientId, dnsName, zone: region.zone },
      policy: planPolicy(plan, address, clientId),
      machine: sampleServer(system, { patchedTo: '2023-09', software }),
      habits: createHabits({
        off: server.off,
        networkLost: server.networkLost,
        failures: server.failures,
        ...(server.freeDisk === undefined ? {} : { freeDisk: server.freeDisk }),
      }),
      http,
      fragments,
      start: from,
      firstScanWithin: FIRST_SCAN_WITHIN,
      seed: `${seed} ${dnsName}`,
    });
    if (!settingsTask || plan === undefined) return virtual;
    // Nobody has told the task of a plan in the first hours.
    return withSettingsTask(virtual, taskScans(plan, region.zone, clientId, from.add({ hours: 12 })));
  };
  return new Map(servers.map((server) => [server.dnsName, create(server)]));
}
