import type { MachineState } from '../machine/machine-state.ts';
import type { DataStore } from './data-store.ts';
import type { FragmentCache } from './fragments.ts';
import type { Habits } from './habits.ts';
import type { HttpClient } from './http-client.ts';
import type { AgentPolicy } from './policy.ts';
import type { Random } from './random.ts';

/** Who a virtual server is. */
export interface ServerIdentity {
  /** `SusClientId`: a GUID. */
  readonly clientId: string;
  /** Fully qualified. */
  readonly dnsName: string;
  /** IANA zone of the machine's clock. */
  readonly zone: string;
  /** GetProductInfo SKU, e.g. 7 Standard, 8 Datacenter; default 7. */
  readonly sku?: number;
}

/** Everything that one agent works with. */
export interface AgentContext {
  readonly identity: ServerIdentity;
  /** As the registry has it now: a settings task may write it anew. */
  policy: AgentPolicy;
  readonly habits: Habits;
  readonly machine: MachineState;
  readonly store: DataStore;
  readonly random: Random;
  readonly http: HttpClient;
  readonly fragments: FragmentCache;
}
