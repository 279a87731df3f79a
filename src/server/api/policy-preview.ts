import { comparePolicies, type VerdictChange } from '#domain/approval/compare.ts';
import {
  type PolicyEffect,
  policyEffect,
  type Reach,
  type UpdateReach,
  updatesInQuestion,
} from '#domain/approval/effect.ts';
import type { Policy } from '#domain/approval/policy.ts';
import { operatingSystem } from '#domain/fleet/operating-system.ts';
import type { Target } from '#domain/fleet/server.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { listTargets } from '#server/store/fleet-views.ts';
import { listServerClasses } from '#server/store/policy-reach.ts';

/** What policies are compared on while no server has registered: today's versions of Windows Server. */
const USUAL_TARGETS: readonly Target[] = [14393, 17763, 20348, 26100].map((osBuild) => ({ osBuild, productType: 3 }));
const MOST_CHANGES = 500;
const MOST_UPDATES = 200;
const MOST_CUSTOMERS = 50;

/** What would be different under another policy. */
export interface Preview {
  readonly changes: readonly VerdictChange[];
  readonly effect: PolicyEffect;
}

/** Compares a policy with the one in force, over the whole catalogue and the whole fleet as it was last reported. */
export async function previewPolicy({ pool, keeper }: ApiDeps, after: Policy, at: Temporal.Instant): Promise<Preview> {
  const facts = keeper.current();
  const { policy, catalogue } = facts;
  const known = (await listTargets(pool)).map(
    ({ osBuild, productType }): Target => ({ osBuild, ...(productType === null ? {} : { productType }) }),
  );
  const changes = comparePolicies(policy, after, catalogue, known.length > 0 ? known : USUAL_TARGETS, at);
  const asked = updatesInQuestion(new Set(changes.map(({ update }) => update.updateId)), catalogue);
  const classes = asked.length === 0 ? [] : await listServerClasses(pool, asked, [...facts.singledOut]);
  return { changes, effect: policyEffect(policy, after, facts, classes, at) };
}

/** The first changes of verdicts, as the API tells them. */
export function changesShown(changes: readonly VerdictChange[]) {
  return changes.slice(0, MOST_CHANGES).map(({ update, targets, from, to }) => ({
    updateId: update.updateId,
    title: update.title,
    from: from.verdict,
    to: to.verdict,
    fromRule: from.rule,
    toRule: to.rule,
    target: [...new Set(targets.map(operatingSystem))].join(', '),
  }));
}

/** An effect as the API tells it: the updates and customers that it reaches most, and how many more there are. */
export function effectShown({ keeper }: ApiDeps, { offered, withdrawn, updates }: PolicyEffect) {
  const { customers: known } = keeper.directory();
  const customerShown = ([id, reach]: readonly [string, Reach]) => ({ customer: known.get(id)?.name ?? id, ...reach });
  const updateShown = ({ update: { updateId, title }, reach, customers }: UpdateReach) => ({
    updateId,
    title,
    ...reach,
    customers: [...customers].sort(mostServers).slice(0, MOST_CUSTOMERS).map(customerShown),
    moreCustomers: Math.max(0, customers.size - MOST_CUSTOMERS),
  });
  return {
    offered,
    withdrawn,
    updates: updates.slice(0, MOST_UPDATES).map(updateShown),
    moreUpdates: Math.max(0, updates.length - MOST_UPDATES),
  };
}

function mostServers([, a]: readonly [string, Reach], [, b]: readonly [string, Reach]): number {
  return b.offered + b.withdrawn - a.offered - a.withdrawn;
}
