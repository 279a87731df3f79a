import type { Subject } from '#domain/approval/matcher.ts';
import { MATCHER_NAMES, MATCHERS } from '#domain/approval/matchers.ts';
import { type Conditions, DEFAULT_RULE, type Policy, type Rule, UNKNOWN_BUILD_RULE } from '#domain/approval/policy.ts';
import { OS_GENERATIONS, UNKNOWN_GENERATION } from '#domain/approval/products.ts';
import { mayBeUpgrade, updateClass } from '#domain/approval/update-class.ts';
import type { Verdict } from '#domain/approval/verdict.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

const NO_RULE: Verdict = {
  verdict: 'review',
  rule: DEFAULT_RULE,
  reason: 'No rule of the policy speaks about this update; a person has to look at it.',
};

const UNKNOWN_BUILD: Verdict = {
  verdict: 'review',
  rule: UNKNOWN_BUILD_RULE,
  reason: 'The server has not told its Windows build yet; this update could put another version of Windows on it.',
};

/**
 * The policy's verdict on an update for one kind of target at an instant. The first rule that speaks decides. What a rule cannot know
 * holds back: when a condition has nothing to compare with (a target whose build nobody knows yet), a rule that approves is passed
 * over and a rule that does not approve, or asks for review, speaks; and an update of Windows is not approved for a target whose build
 * is unknown. Without a target, the verdict is that for a server of the update's own Windows generation. `until` is the instant at
 * which the verdict changes by time alone; it is absent when time alone changes nothing.
 */
export function approve(
  policy: Policy,
  revision: Revision,
  catalogue: Catalogue,
  target: Target | undefined,
  at: Temporal.Instant,
): Verdict {
  const known = updateClass(revision, catalogue, target);
  const isGuarded = target !== undefined && mayBeUpgrade(revision, catalogue, target);
  const judgeAt = (instant: Temporal.Instant): Verdict => {
    const verdict = judge(policy, { revision, catalogue, updateClass: known, target: target ?? {}, at: instant });
    return isGuarded && verdict.verdict === 'approve' ? UNKNOWN_BUILD : verdict;
  };
  const verdict = judgeAt(at);
  const until = flips(policy, revision, at).find((later) => judgeAt(later).rule !== verdict.rule);
  return until ? { ...verdict, until } : verdict;
}

/**
 * Targets with the same key get the same verdicts from this policy on every update: the Windows generation, and what the rules ask of
 * the target besides.
 */
export function approvalKey(policy: Policy, target: Target): string {
  const asked = policy.rules.flatMap(({ when, not }) => [when.target, not?.target]);
  const usesBuild = asked.some((wanted) => wanted?.osBuild !== undefined);
  const usesType = asked.some((wanted) => wanted?.productType !== undefined);
  const build = usesBuild ? target.osBuild : generationOf(target.osBuild);
  return [build ?? '', usesType ? (target.productType ?? '') : ''].join('/');
}

function generationOf(osBuild: number | undefined): number | undefined {
  if (osBuild === undefined) return undefined;
  return [...OS_GENERATIONS, UNKNOWN_GENERATION].findLast((generation) => generation <= osBuild) ?? 0;
}

function judge(policy: Policy, subject: Subject): Verdict {
  const rule = policy.rules.find((candidate) => speaks(candidate, subject));
  return rule ? { verdict: rule.verdict, rule: rule.name, reason: rule.reason } : NO_RULE;
}

function speaks({ when, not, verdict }: Rule, subject: Subject): boolean {
  const included = holds(when, subject);
  const excluded = not === undefined ? false : holds(not, subject);
  if (included === false || excluded === true) return false;
  return (included === true && excluded === false) || verdict !== 'approve';
}

/** True when all hold, false when one does not, else null. */
function holds(conditions: Conditions, subject: Subject): boolean | null {
  let known = true;
  for (const name of MATCHER_NAMES) {
    const wanted = conditions[name];
    if (wanted === undefined) continue;
    // The table ties each name to the type of its own values, which TypeScript cannot follow through a variable name.
    const answer = MATCHERS[name].match(wanted as never, subject);
    if (answer === false) return false;
    known &&= answer === true;
  }
  return known ? true : null;
}

/** The instants after `at` at which some condition may change by time alone, ascending. */
function flips({ rules }: Policy, revision: Revision, at: Temporal.Instant): Temporal.Instant[] {
  return rules
    .flatMap(({ when, not }) => [when, not ?? {}])
    .flatMap(({ age, date }) => [
      ...(age ? (MATCHERS.age.flips?.(age, revision) ?? []) : []),
      ...(date ? (MATCHERS.date.flips?.(date, revision) ?? []) : []),
    ])
    .filter((instant) => Temporal.Instant.compare(instant, at) > 0)
    .sort(Temporal.Instant.compare);
}
