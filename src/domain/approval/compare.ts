import { approvalKey, approve } from '#domain/approval/approve.ts';
import type { Policy } from '#domain/approval/policy.ts';
import type { Verdict } from '#domain/approval/verdict.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

/** One update whose verdict another policy would change, for some of the targets. Both verdicts name their rules. */
export interface VerdictChange {
  readonly update: Revision;
  readonly targets: readonly Target[];
  readonly from: Verdict;
  readonly to: Verdict;
}

/**
 * What would change at an instant if `after` took the place of `before`, over every update that people approve; in the order of the
 * catalogue. Another rule with the same verdict is no change.
 */
export function comparePolicies(
  before: Policy,
  after: Policy,
  catalogue: Catalogue,
  targets: readonly Target[],
  at: Temporal.Instant,
): VerdictChange[] {
  const kinds = Map.groupBy(targets, (target) => `${approvalKey(before, target)} ${approvalKey(after, target)}`);
  const changes = new Map<string, VerdictChange>();
  for (const update of catalogue.deployable) {
    for (const alike of kinds.values()) {
      const [target] = alike;
      if (!target) continue;
      const from = approve(before, update, catalogue, target, at);
      const to = approve(after, update, catalogue, target, at);
      if (from.verdict === to.verdict) continue;
      const key = [update.revisionId, from.rule, to.rule].join(' ');
      const known = changes.get(key);
      changes.set(key, { update, targets: [...(known?.targets ?? []), ...alike], from, to });
    }
  }
  return [...changes.values()];
}
