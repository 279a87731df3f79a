import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { approvalOf } from '#domain/approval/person.ts';
import type { PersonDecision, Verdict } from '#domain/approval/verdict.ts';

const AT = Temporal.Instant.from('2026-01-20T09:00:00Z');
const REFUSED: Verdict = { verdict: 'not-approve', rule: 'office', reason: 'Office is not approved.' };
const APPROVED: Verdict = { verdict: 'approve', rule: 'os-cumulative', reason: 'Installed by default.' };
const OPEN: Verdict = { verdict: 'review', rule: 'drivers', reason: 'A person decides.' };

function word(decision: PersonDecision['decision'], given: Partial<PersonDecision> = {}): PersonDecision {
  return { decision, who: 'Ann', why: 'Tested.', at: AT, atCustomersRisk: false, ...given };
}

test('without a word of a person, the policy holds', () => {
  assert.deepEqual(approvalOf(APPROVED, [], { customerId: 'c1' }), {
    approved: true,
    verdict: 'approve',
    level: 'policy',
    by: 'os-cumulative',
    reason: 'Installed by default.',
    atCustomersRisk: false,
  });
  const refused = approvalOf(REFUSED, [], { customerId: 'c1' });
  assert.equal(!refused.approved && refused.code, 'approval.not-approved');
  const open = approvalOf(OPEN, [], { customerId: 'c1' });
  assert.equal(!open.approved && open.code, 'approval.needs-review');
});

test("the nearest level wins: the customer's own word over the one for all, that over the policy", () => {
  const forAll = word('decline', { who: 'Bob' });
  const own = word('approve', { customerId: 'c1', atCustomersRisk: true });
  const asked = approvalOf(REFUSED, [forAll, own], { customerId: 'c1' });
  assert.deepEqual([asked.approved, asked.by, asked.level], [true, 'Ann', 'customer']);
  assert.equal(asked.approved && asked.atCustomersRisk, true);
  const others = approvalOf(APPROVED, [forAll, own], { customerId: 'c2' });
  assert.deepEqual([others.approved, others.by, others.level], [false, 'Bob', 'all-customers']);
  assert.equal(!others.approved && others.code, 'catalogue.declined');
});

test('a decline beats an approval at the same level, whichever is later', () => {
  for (const days of [-1, 1]) {
    const words = [word('approve'), word('decline', { who: 'Bob', at: AT.add({ hours: 24 * days }) })];
    assert.equal(approvalOf(APPROVED, words, { customerId: 'c1' }).approved, false);
    assert.equal(approvalOf(APPROVED, words.toReversed(), { customerId: 'c1' }).by, 'Bob');
  }
});

test('of two equal words the later is cited', () => {
  const later = word('approve', { who: 'Eve', at: AT.add({ hours: 1 }) });
  assert.equal(approvalOf(REFUSED, [later, word('approve')], { customerId: 'c1' }).by, 'Eve');
});

test('the words of other customers change nothing, and the order of the words does not count', () => {
  const anyWord = fc.record({
    decision: fc.constantFrom('approve' as const, 'decline' as const),
    customerId: fc.option(fc.constantFrom('c1', 'c2'), { nil: undefined }),
    hours: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.array(anyWord, { maxLength: 6 }), (given) => {
      const words = given.map(({ decision, customerId, hours }, index) =>
        word(decision, { who: `p${index}`, at: AT.add({ hours }), ...(customerId ? { customerId } : {}) }),
      );
      const relevant = words.filter(({ customerId }) => customerId !== 'c2');
      const whole = approvalOf(OPEN, words, { customerId: 'c1' });
      assert.deepEqual(approvalOf(OPEN, relevant, { customerId: 'c1' }), whole);
      assert.equal(approvalOf(OPEN, words.toReversed(), { customerId: 'c1' }).approved, whole.approved);
    }),
  );
});
