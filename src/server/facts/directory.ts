import { createHash } from 'node:crypto';
import type { Plan } from '#domain/calendar/plan.ts';
import { PRESETS } from '#domain/calendar/presets.ts';
import { closestRegion } from '#domain/fleet/closest-region.ts';
import type { Region } from '#domain/fleet/region.ts';
import type { Mode, Reported, ServerFacts } from '#domain/fleet/server.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import type { FormerToken } from '#server/store/enrolment.ts';
import type { PlanRow } from '#server/store/plans.ts';
import type { AssignedServer } from '#server/store/servers.ts';

/** Customers and plans, as they are looked up all the time. Immutable; swapped whole when a row changes. */
export interface Directory {
  readonly customers: ReadonlyMap<string, CustomerRow>;
  /** A plan by name: the customer's own, else one for all, else a shipped one. */
  plan(name: string, customerId: string | undefined): Plan | undefined;
  /** Plans for all, the shipped ones that nobody replaced included. */
  readonly plans: readonly Plan[];
  readonly regions: readonly Region[];
  /** A region by its name or an alias, in any letter case. */
  region(name: string): Region | undefined;
  /** The region that serves a server: its own, its customer's, else the one closest to its zone. */
  regionOf(row: Pick<AssignedServer, 'customerId' | 'region' | 'zone'>): Region | undefined;
  /** The customer behind an enrolment token. */
  customerOfToken(token: string): string | undefined;
  /** The customer behind a token that was rotated: it still proves whose a known server is. */
  customerOfFormerToken(token: string): string | undefined;
  /** A server's row with its customer's defaults applied. */
  serverFacts(row: AssignedServer, reported: Reported): ServerFacts;
}

/** The rows that a directory is made from. */
export interface DirectoryRows {
  readonly customers: readonly (CustomerRow & { readonly tokenSha256: Uint8Array })[];
  readonly plans: readonly PlanRow[];
  readonly regions: readonly Region[];
  readonly formerTokens: readonly FormerToken[];
}

export function directory({ customers, plans: planRows, regions, formerTokens }: DirectoryRows): Directory {
  const byId = new Map(customers.map((customer) => [customer.customerId, customer]));
  const byToken = tokenIndex(customers);
  const byFormerToken = tokenIndex(formerTokens);
  const byRegionName = new Map(
    regions.flatMap((region) => [region.name, ...region.aliases].map((name) => [name.toLowerCase(), region])),
  );
  const shared = new Map(PRESETS.map(({ plan }) => [plan.name, plan]));
  const own = new Map<string, Plan>();
  for (const { customerId, plan } of planRows) {
    if (customerId === null) shared.set(plan.name, plan);
    else own.set(`${customerId} ${plan.name}`, plan);
  }
  const plan = (name: string, customerId: string | undefined): Plan | undefined =>
    own.get(`${customerId} ${name}`) ?? shared.get(name);
  const region = (name: string): Region | undefined => byRegionName.get(name.toLowerCase());
  const closest = new Map<string, Region | undefined>();
  const regionOf: Directory['regionOf'] = (row) => {
    const customer = row.customerId === null ? undefined : byId.get(row.customerId);
    const chosen = row.region ?? customer?.region;
    if (chosen) return region(chosen);
    const zone = row.zone ?? customer?.zone ?? DEFAULT_ZONE;
    if (!closest.has(zone)) closest.set(zone, closestRegion(regions, zone));
    return closest.get(zone);
  };
  return {
    customers: byId,
    plan,
    plans: [...shared.values()],
    regions,
    region,
    regionOf,
    customerOfToken: (token) => byToken.get(tokenDigest(token).toString('hex')),
    customerOfFormerToken: (token) => byFormerToken.get(tokenDigest(token).toString('hex')),
    serverFacts(row, reported) {
      const customer = row.customerId === null ? undefined : byId.get(row.customerId);
      const planName = row.plan ?? customer?.plan;
      const chosen = planName ? plan(planName, customer?.customerId) : undefined;
      // A nightly plan means the nights of the data centre that the server is in, where that is known.
      const place = chosen?.kind === 'nightly' && (row.region ?? customer?.region);
      const zone = row.zone ?? (place ? region(place)?.zone : undefined) ?? customer?.zone ?? DEFAULT_ZONE;
      return {
        serverId: row.serverId,
        zone,
        mode: modeOf(row, customer),
        target: {
          ...(row.osBuild === null ? {} : { osBuild: row.osBuild }),
          ...(row.productType === null ? {} : { productType: row.productType }),
        },
        ...reported,
        ...(customer ? { customerId: customer.customerId } : {}),
        ...(chosen ? { plan: chosen } : {}),
        ...(row.targetGroup === null ? {} : { group: row.targetGroup }),
      };
    },
  };
}

const DEFAULT_ZONE = 'Etc/UTC';

function tokenIndex(
  rows: readonly { readonly tokenSha256: Uint8Array; readonly customerId: string }[],
): ReadonlyMap<string, string> {
  return new Map(rows.map(({ tokenSha256, customerId }) => [Buffer.from(tokenSha256).toString('hex'), customerId]));
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
