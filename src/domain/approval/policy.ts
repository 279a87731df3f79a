import type { z } from 'zod';
import type { MATCHERS } from '#domain/approval/matchers.ts';
import type { Verdict } from '#domain/approval/verdict.ts';

/** Conditions of a rule: all that are given must hold; within one, any of its values. */
export type Conditions = {
  readonly [Name in keyof typeof MATCHERS]?: z.output<(typeof MATCHERS)[Name]['schema']> | undefined;
};

/** One line of the policy. It speaks when `when` holds and `not` does not. */
export interface Rule {
  /** Unique in the policy; approvals and reports cite it. */
  readonly name: string;
  readonly when: Conditions;
  readonly not?: Conditions | undefined;
  readonly verdict: Verdict['verdict'];
  /** For people: why, in one sentence. */
  readonly reason: string;
}

/**
 * The written approval policy. The first rule that speaks decides; when none does, a person has to look at the update. Values come only
 * from `readPolicy`, so that names are resolved and unique.
 */
export interface Policy {
  readonly name: string;
  /** While this version is in force, a new one waits until another person than its author approves it. */
  readonly twoPersons?: boolean | undefined;
  readonly rules: readonly Rule[];
}

/** `rule` of a verdict on which no rule spoke. */
export const DEFAULT_RULE = '(default)';

/** `rule` of the verdict on an update of Windows for a server whose build nobody knows. */
export const UNKNOWN_BUILD_RULE = '(unknown build)';
