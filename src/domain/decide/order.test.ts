import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalOf } from '#domain/approval/person.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import { QUESTIONS } from '#domain/decide/decision.ts';
import { CONFLICT_ORDER } from '#domain/decide/order.ts';

const rulesOf = (wanted: string) => CONFLICT_ORDER.find(({ name }) => name === wanted)?.rules ?? [];

test('the rules about an update stand in the order of the questions', () => {
  const words = { catalogue: /^Catalogue/, approval: /^Approval/, 'licence-payload': /^Licence/, exception: /^Brake/ };
  const more = { mode: /^Mode/, release: /^Release/, window: /^Window/ };
  const places = Object.entries({ ...words, ...more }).map(([question, pattern]) => ({
    question: (QUESTIONS as readonly string[]).indexOf(question),
    rule: rulesOf('update').findIndex((rule) => pattern.test(rule)),
  }));
  assert.ok(places.every(({ question, rule }) => question >= 0 && rule >= 0));
  assert.deepEqual(
    places.toSorted((a, b) => a.question - b.question),
    places.toSorted((a, b) => a.rule - b.rule),
  );
});

test('the levels of approval are told in the order in which they win', () => {
  const said = { who: 'Ann', why: 'a test', at: Temporal.Instant.from('2026-03-14T00:00:00Z'), atCustomersRisk: false };
  const levels: readonly Pick<PersonDecision, 'customerId' | 'serverId'>[] = [
    { customerId: 'c', serverId: 's' },
    { customerId: 'c' },
    {},
  ];
  const verdict = { verdict: 'review', rule: 'r', reason: 'a test' } as const;
  for (const [place, pattern] of [/one server/, /the customer/, /all customers/, /^The policy/].entries()) {
    assert.match(rulesOf('approval')[place] ?? '', pattern);
    const words = levels.slice(place).map((level) => ({ ...said, ...level, decision: 'approve' as const }));
    const { level } = approvalOf(verdict, words, { customerId: 'c', serverId: 's' });
    assert.equal(level, ['server', 'customer', 'all-customers', 'policy'][place]);
  }
});
