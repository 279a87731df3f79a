import type { Rule } from '#protocol/update-xml/rules.ts';
import type { MachineState } from '../machine-state.ts';
import type { Truth } from '../truth.ts';

/** What a rule may look at besides itself. */
export interface RuleContext {
  readonly machine: MachineState;
  /** The update whose rule it is; lower-case GUID. */
  readonly updateId: string;
  /** `ApplicabilityRules/Metadata` of the update: packages, MSI and driver facts. */
  readonly metadata: Rule | undefined;
}

/** Answers one rule element. */
type RuleFunction = (rule: Rule, context: RuleContext) => Truth;

/** Rule elements by the name that they have in a core fragment, e.g. `b.RegDword`. */
export type RuleTable = Readonly<Record<string, RuleFunction>>;

/** All elements of a name below an element (itself included), in document order. */
export function findAll(root: Rule | undefined, name: string): readonly Rule[] {
  const found: Rule[] = [];
  const waiting = root === undefined ? [] : [root];
  for (let rule = waiting.pop(); rule !== undefined; rule = waiting.pop()) {
    if (rule.name === name) found.push(rule);
    waiting.push(...rule.children.toReversed());
  }
  return found;
}

/** An `xs:boolean` attribute; absent means false. */
export function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1';
}
