import { operatingSystem } from '#domain/fleet/operating-system.ts';
import { NOTHING_REPORTED } from '#domain/fleet/server.ts';
import { type CoveredServer, coverage } from '#domain/rollout/coverage.ts';
import { type PlacedSubject, placeServer } from '#domain/rollout/placement.ts';
import type { RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { diffRolloutPlans } from '#domain/rollout/rollout-plan-diff.ts';
import { rolloutWarnings } from '#domain/rollout/rollout-plan-warnings.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { listServersToPlace, type PlacedServerRow } from '#server/store/rollout-servers.ts';

const PAGE = 1_000;
const MAX_NAMES = 50;

/** A server as a plan's rules see it, and whether it takes part in campaigns at all. */
export interface ServerToPlace {
  readonly subject: PlacedSubject;
  readonly os: string;
  /** It is managed and has a plan. */
  readonly takesPart: boolean;
}

/** What the rules of a rollout plan look at, of a server's row. */
export function serverToPlace({ keeper }: Pick<ApiDeps, 'keeper'>, row: PlacedServerRow): ServerToPlace {
  const facts = keeper.directory().serverFacts(row, NOTHING_REPORTED);
  return {
    subject: {
      inventory: row.inventory ?? {},
      name: row.dnsName,
      ...(facts.group === undefined ? {} : { group: facts.group }),
      ...(facts.plan ? { releaseWeek: facts.plan.releaseWeek } : {}),
    },
    os: operatingSystem(facts.target),
    takesPart: facts.mode === 'managed' && facts.plan !== undefined,
  };
}

/** What a plan comes to with the servers that a customer has today, beside the plan in force. */
export async function previewRollout(
  deps: ApiDeps,
  customerId: string,
  plan: RolloutPlan,
  before: RolloutPlan | undefined,
) {
  const counts = plan.waves.map(() => 0);
  const ownerless = plan.waves.map(() => 0);
  const countsBefore = new Map<string, number>();
  const unplaced: string[] = [];
  const covered: CoveredServer[] = [];
  let notManaged = 0;
  let moved = 0;
  let servers = 0;
  for await (const { subject, os, takesPart } of serversOf(deps, customerId)) {
    const wave = placeServer(plan, subject);
    servers++;
    if (!takesPart) notManaged++;
    if (wave === undefined) unplaced.push(subject.name);
    else counts[wave] = (counts[wave] ?? 0) + 1;
    if (wave !== undefined && !subject.inventory.owner) ownerless[wave] = (ownerless[wave] ?? 0) + 1;
    covered.push({ os, wave, takesPart, inventory: stackOf(subject) });
    if (!before) continue;
    const was = waveName(before, placeServer(before, subject));
    if (was !== waveName(plan, wave)) moved++;
    if (was !== undefined) countsBefore.set(was, (countsBefore.get(was) ?? 0) + 1);
  }
  return {
    servers,
    waves: plan.waves.map(({ name, title }, wave) => ({
      wave: name,
      title,
      servers: counts[wave] ?? 0,
      ...(before ? { before: countsBefore.get(name) ?? 0 } : {}),
    })),
    unplaced: { servers: unplaced.length, names: unplaced.slice(0, MAX_NAMES) },
    notManaged,
    moved,
    coverage: coverage(plan, covered),
    warnings: [...rolloutWarnings(plan), ...ownerWarnings(plan, ownerless)],
    changes: before ? [...diffRolloutPlans(before, plan)] : [],
  };
}

/** Nobody speaks for a server without an owner, so the gate that asks each owner does not wait for a word on it. */
function ownerWarnings({ waves }: RolloutPlan, ownerless: readonly number[]): string[] {
  return waves.flatMap(({ name, gate }, wave) => {
    const servers = ownerless[wave] ?? 0;
    if (gate.ownerTest !== 'each-owner' || servers === 0) return [];
    const those = servers === 1 ? 'a server there has no owner' : `${servers} servers there have no owner`;
    return [`The gate of "${name}" asks each owner, and ${those}: it waits for nobody's word there.`];
  });
}

/** All servers of a customer, page by page. */
async function* serversOf(deps: ApiDeps, customerId: string): AsyncGenerator<ServerToPlace> {
  let after: PlacedServerRow | undefined;
  do {
    const rows = await listServersToPlace(deps.pool, customerId, after, PAGE);
    for (const row of rows) yield serverToPlace(deps, row);
    after = rows.length === PAGE ? rows.at(-1) : undefined;
  } while (after);
}

/** What coverage looks at, so that the rest of a large fleet's inventory need not be held. */
function stackOf({ inventory: { roles, applications } }: PlacedSubject): CoveredServer['inventory'] {
  return { ...(roles ? { roles } : {}), ...(applications ? { applications } : {}) };
}

function waveName({ waves }: RolloutPlan, wave: number | undefined): string | undefined {
  return wave === undefined ? undefined : waves[wave]?.name;
}
