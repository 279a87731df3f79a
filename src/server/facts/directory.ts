import { createHash } from 'node:crypto';
import type { Plan } from '#domain/calendar/plan.ts';
import { PRESETS } from '#domain/calendar/presets.ts';
import type { Mode, ServerFacts } from '#domain/fleet/server.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import type { PlanRow } from '#server/store/plans.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** Customers and plans, as they are looked up all the time. Immutable; swapped whole when a row changes. */
export interface Directory {
  readonly customers: ReadonlyMap<string, CustomerRow>;
  /** A plan by name: the customer's own, else one for all, else a shipped one. */
  plan(name: string, customerId: string | undefined): Plan | undefined;
  /** Plans for all, the shipped ones that nobody replaced included. */
  readonly plans: readonly Plan[];
  /** The customer behind an enrolment token. */
  customerOfToken(token: string): string | undefined;
  /** A server's row with its customer's defaults applied. */
  serverFacts(row: AssignedServer, reported: Pick<ServerFacts, 'installed' | 'failed'>): ServerFacts;
}

export function directory(
  customers: readonly (CustomerRow & { readonly tokenSha256: Uint8Array })[],
  planRows: readonly PlanRow[],
): Directory {
  const byId = new Map(customers.map((customer) => [customer.customerId, customer]));
  const byToken = new Map(
    customers.map(({ tokenSha256, customerId }) => [Buffer.from(tokenSha256).toString('hex'), customerId]),
  );
  const shared = new Map(PRESETS.map(({ plan }) => [plan.name, plan]));
  const own = new Map<string, Plan>();
  for (const { customerId, plan } of planRows) {
    if (customerId === null) shared.set(plan.name, plan);
    else own.set(`${customerId} ${plan.name}`, plan);
  }
  const plan = (name: string, customerId: string | undefined): Plan | undefined =>
    own.get(`${customerId} ${name}`) ?? shared.get(name);
  return {
    customers: byId,
    plan,
    plans: [...shared.values()],
    customerOfToken: (token) => byToken.get(tokenDigest(token).toString('hex')),
    serverFacts(row, { installed, failed }) {
      const customer = row.customerId === null ? undefined : byId.get(row.customerId);
      const planName = row.plan ?? customer?.plan;
      const chosen = planName ? plan(planName, customer?.customerId) : undefined;
      return {
        serverId: row.serverId,
        zone: row.zone ?? customer?.zone ?? 'Etc/UTC',
        mode: modeOf(row, customer),
        target: {
          ...(row.osBuild === null ? {} : { osBuild: row.osBuild }),
          ...(row.productType === null ? {} : { productType: row.productType }),
        },
        installed,
        failed,
        ...(customer ? { customerId: customer.customerId } : {}),
        ...(chosen ? { plan: chosen } : {}),
      };
    },
  };
}

/** Tokens are kept as digests; they are long and random, so one round is enough. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A customer that is only observed holds all its servers there; one server may be observed by itself. */
function modeOf(row: AssignedServer, customer: CustomerRow | undefined): Mode {
  if (!customer) return 'unassigned';
  return customer.mode === 'observe' ? 'observe' : (row.mode ?? 'managed');
}
