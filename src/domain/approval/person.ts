import type { PersonDecision, Verdict } from '#domain/approval/verdict.ts';

/** What holds in the end for one update and one customer. `by`: the rule, or the person. */
export type Approval =
  | {
      readonly approved: true;
      readonly verdict: 'approve';
      readonly level: Level;
      readonly by: string;
      readonly reason: string;
      /** The customer asked for it beyond the policy and is responsible. */
      readonly atCustomersRisk: boolean;
    }
  | {
      readonly approved: false;
      readonly verdict: 'not-approve' | 'review';
      readonly level: Level;
      readonly code: 'approval.not-approved' | 'approval.needs-review' | 'catalogue.declined';
      readonly by: string;
      readonly reason: string;
    };

/** Who had the last word, nearest first. */
type Level = 'server' | 'customer' | 'all-customers' | 'policy';

/** For whom an approval is asked. */
export interface Recipient {
  readonly serverId?: string;
  readonly customerId?: string;
}

/**
 * Puts the persons' decisions on one update over the policy's verdict. The nearest level wins: the server's own, then its customer's, then
 * the one for all customers, then the policy. Within a level a decline beats an approval, and of equal ones the later counts. Decisions
 * for other customers and servers are passed over.
 */
export function approvalOf(
  verdict: Verdict,
  decisions: readonly PersonDecision[],
  { serverId, customerId }: Recipient,
): Approval {
  const of = (customer: string | undefined, server: string | undefined) =>
    lastWord(decisions.filter((one) => one.customerId === customer && one.serverId === server));
  const word =
    (customerId !== undefined && serverId !== undefined && of(customerId, serverId)) ||
    (customerId !== undefined && of(customerId, undefined)) ||
    of(undefined, undefined);
  if (word) return fromPerson(word);
  const { rule: by, reason } = verdict;
  const level = 'policy';
  if (verdict.verdict === 'approve')
    return { approved: true, verdict: 'approve', level, by, reason, atCustomersRisk: false };
  const code = verdict.verdict === 'review' ? 'approval.needs-review' : 'approval.not-approved';
  return { approved: false, verdict: verdict.verdict, level, code, by, reason };
}

function lastWord(decisions: readonly PersonDecision[]): PersonDecision | undefined {
  const declines = decisions.filter(({ decision }) => decision === 'decline');
  return (declines.length > 0 ? declines : decisions).toSorted((a, b) => Temporal.Instant.compare(a.at, b.at)).at(-1);
}

function fromPerson({ decision, who: by, why: reason, ...said }: PersonDecision): Approval {
  const { customerId, serverId, atCustomersRisk } = said;
  const level = customerId === undefined ? 'all-customers' : serverId === undefined ? 'customer' : 'server';
  if (decision === 'approve') return { approved: true, verdict: 'approve', level, by, reason, atCustomersRisk };
  return { approved: false, verdict: 'not-approve', level, code: 'catalogue.declined', by, reason };
}
