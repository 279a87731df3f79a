import { createHash } from 'node:crypto';
import { KINDS, type Kind } from '#domain/approval/kinds.ts';
import type { Plan, PlanCalendar } from '#domain/calendar/plan.ts';
import { PRESETS } from '#domain/calendar/presets.ts';
import { type Calendars, calendarFor } from '#domain/calendar/server-calendar.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import { closestRegion } from '#domain/fleet/closest-region.ts';
import type { Region } from '#domain/fleet/region.ts';
import type { Mode, Reported, ServerFacts } from '#domain/fleet/server.ts';
import type { ReadinessPolicy } from '#domain/readiness/readiness-policy.ts';
import { SHIPPED_READINESS } from '#domain/readiness/shipped-policy.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import type { CustomerRow } from '#server/store/customers.ts';
import type { FormerToken } from '#server/store/enrolment.ts';
import type { PlanRow } from '#server/store/plans.ts';
import type { AssignedServer, KindPlanNames } from '#server/store/servers.ts';

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
  /** The rollout plan that a customer's servers go by; absent: no waves. */
  rolloutPlan(customerId: string): RolloutPlan | undefined;
  /** What must be so before a customer's servers are patched: its own policy, else the one for all, else the shipped one. */
  readinessPolicy(customerId: string | undefined): ReadinessPolicy;
  readonly calendars: Calendars;
  /** A server's row with its customer's defaults applied. */
  serverFacts(row: AssignedServer, reported: Reported): ServerFacts;
}

/** The rows that a directory is made from. */
export interface DirectoryRows {
  readonly customers: readonly (CustomerRow & { readonly tokenSha256: Uint8Array })[];
  readonly plans: readonly PlanRow[];
  readonly regions: readonly Region[];
  readonly formerTokens: readonly FormerToken[];
  readonly calendars: Calendars;
  readonly rolloutPlans: readonly { readonly customerId: string; readonly plan: RolloutPlan }[];
  readonly readinessPolicies: readonly { readonly customerId: string | null; readonly policy: ReadinessPolicy }[];
}

export function directory(rows: DirectoryRows): Directory {
  const { customers, plans: planRows, regions, formerTokens, calendars } = rows;
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
  const rolloutPlans = new Map(rows.rolloutPlans.map((row) => [row.customerId, row.plan]));
  const readinessPolicies = new Map(rows.readinessPolicies.map((row) => [row.customerId, row.policy]));
  const underCalendar = calendarBinder(calendars);
  return {
    customers: byId,
    plan,
    plans: [...shared.values()],
    regions,
    region,
    regionOf,
    customerOfToken: (token) => byToken.get(tokenDigest(token).toString('hex')),
    customerOfFormerToken: (token) => byFormerToken.get(tokenDigest(token).toString('hex')),
    rolloutPlan: (customerId) => rolloutPlans.get(customerId),
    readinessPolicy: (customerId) =>
      readinessPolicies.get(customerId ?? null) ?? readinessPolicies.get(null) ?? SHIPPED_READINESS,
    calendars,
    serverFacts(row, reported) {
      const customer = row.customerId === null ? undefined : byId.get(row.customerId);
      const planName = row.plan ?? customer?.plan;
      const chosen = planName ? plan(planName, customer?.customerId) : undefined;
      const bound = underCalendar(row);
      const kindPlans = kindPlansOf({ ...customer?.kindPlans, ...row.kindPlans }, chosen, (name) => {
        const own = plan(name, customer?.customerId);
        return own && bound(own);
      });
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
        ...(chosen ? { plan: bound(chosen) } : {}),
        ...(kindPlans.size > 0 ? { kindPlans } : {}),
        ...(row.targetGroup === null ? {} : { group: row.targetGroup }),
      };
    },
  };
}

const DEFAULT_ZONE = 'Etc/UTC';

/**
 * Puts what of the calendars reaches a server into its plan. Servers that are reached alike share one plan object: what is worked out for
 * a plan is kept by it.
 */
function calendarBinder(calendars: Calendars): (row: AssignedServer) => (plan: Plan) => Plan {
  const withHours = new Map<PlanCalendar | undefined, Map<string, PlanCalendar>>();
  const bound = new WeakMap<PlanCalendar, Map<Plan, Plan>>();
  const calendarOf = ({ serverId, customerId, targetGroup, ownHours }: AssignedServer): PlanCalendar | undefined => {
    const shared = calendarFor(calendars, {
      serverId,
      ...(customerId === null ? {} : { customerId }),
      ...(targetGroup === null ? {} : { group: targetGroup }),
    });
    if (ownHours === null || ownHours.length === 0) return shared;
    const kept = withHours.get(shared) ?? new Map<string, PlanCalendar>();
    withHours.set(shared, kept);
    const key = JSON.stringify(ownHours);
    const known = kept.get(key) ?? { freezes: [], oneOff: [], ...shared, hours: ownHours };
    kept.set(key, known);
    return known;
  };
  return (row) => {
    const calendar = calendarOf(row);
    if (!calendar) return (plan) => plan;
    const plans = bound.get(calendar) ?? new Map<Plan, Plan>();
    bound.set(calendar, plans);
    return (plan) => {
      const known = plans.get(plan) ?? { ...plan, calendar };
      plans.set(plan, known);
      return known;
    };
  };
}

/** A plan without its lead; the same object each time. */
const withoutLead = memoised((plan: Plan): Plan => (plan.leadHours === 0 ? plan : { ...plan, leadHours: 0 }));

/**
 * The plans of kinds of patching that do not go by the server's own plan. The agent's schedule is that of its own plan, so these are
 * offered in their windows only, without a lead: what was downloaded ahead would go in with the rest.
 */
function kindPlansOf(
  names: KindPlanNames,
  own: Plan | undefined,
  plan: (name: string) => Plan | undefined,
): ReadonlyMap<Kind, Plan> {
  const chosen = KINDS.flatMap((kind): [Kind, Plan][] => {
    const name = names[kind];
    const found = name === undefined || name === own?.name ? undefined : plan(name);
    return found ? [[kind, withoutLead(found)]] : [];
  });
  return new Map(chosen);
}

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
