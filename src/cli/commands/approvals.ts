import { command } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { updateName } from '#cli/update-name.ts';
import { acceptEula, decidePerson, withdrawPerson } from '#contract/endpoints/decision.ts';

const UPDATE = { value: 'UPDATE', description: 'update id, KB number, or part of a title that fits one' } as const;
const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const CUSTOMER = { type: 'string', value: 'NAME', description: 'only for this customer; default: for all' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;

interface Named {
  readonly title: string;
  readonly kb?: string | undefined;
  readonly revisionNumber: number;
}

export const approve = command({
  name: 'approve',
  group: 'Decisions',
  summary: "Approve an update whatever the policy says: a person's word.",
  positionals: { update: UPDATE },
  options: {
    why: WHY,
    customer: CUSTOMER,
    'at-customers-risk': {
      type: 'boolean',
      description: 'the customer asked for it beyond the policy and is responsible',
    },
    who: WHO,
  },
  async run({ args, options: { why, customer, who, 'at-customers-risk': atCustomersRisk }, service }) {
    const body = {
      update: args.update,
      decision: 'approve' as const,
      why,
      atCustomersRisk,
      ...defined({ customer, who }),
    };
    return service.call(decidePerson, { body });
  },
  show: (update) => `Approved: ${titleOf(update)}`,
});

export const decline = command({
  name: 'decline',
  group: 'Decisions',
  summary: "Decline an update whatever the policy says: a person's word.",
  positionals: { update: UPDATE },
  options: { why: WHY, customer: CUSTOMER, who: WHO },
  async run({ args, options: { why, customer, who }, service }) {
    const body = { update: args.update, decision: 'decline' as const, why, ...defined({ customer, who }) };
    return service.call(decidePerson, { body });
  },
  show: (update) => `Declined: ${titleOf(update)}`,
});

export const withdraw = command({
  name: 'withdraw',
  group: 'Decisions',
  summary: "Take a person's word back; the policy decides again.",
  positionals: { update: UPDATE },
  options: { why: WHY, customer: CUSTOMER },
  run: ({ args, options: { why, customer }, service }) =>
    service.call(withdrawPerson, { params: args, query: { why, ...defined({ customer }) } }),
  show: (update) => `Withdrawn, the policy decides again: ${titleOf(update)}`,
});

export const eulaAccept = command({
  name: 'eula accept',
  group: 'Decisions',
  summary: 'Accept licence terms for all servers.',
  positionals: {
    eula: { value: 'ID', description: 'id of the licence terms, as `why` and `catalogue show` print it' },
  },
  options: { who: WHO },
  run: ({ args, options: { who }, service }) => service.call(acceptEula, { params: args, body: defined({ who }) }),
  show: ({ eula, updates }) => `Accepted: ${eula}, the terms of ${many(updates, 'update')}.`,
});

function titleOf(update: Named): string {
  return `${updateName(update)}, revision ${update.revisionNumber}`;
}
