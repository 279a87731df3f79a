import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readReadinessPolicy } from '#domain/readiness/readiness-policy-file.ts';
import { checkReadinessPolicy } from '#domain/readiness/readiness-policy-schema.ts';
import { SHIPPED_READINESS } from '#domain/readiness/shipped-policy.ts';

test('the shipped policy is one that people can write', () => {
  assert.deepEqual(checkReadinessPolicy(SHIPPED_READINESS), { ok: true, policy: SHIPPED_READINESS });
  assert.deepEqual(readReadinessPolicy(JSON.stringify(SHIPPED_READINESS)), { ok: true, value: SHIPPED_READINESS });
});

test('every problem is told with its line', () => {
  const reading = readReadinessPolicy(
    [
      'name: ours',
      'tiers:',
      '  critical:',
      '    backupHours: 0',
      '    bakupHours: 3',
      '    known: [owner, ownr]',
      '  gold: {}',
    ].join('\n'),
  );
  assert.ok(!reading.ok);
  assert.deepEqual(
    reading.problems.map(({ line, path }) => [line, path]),
    [
      [4, 'tiers.critical.backupHours'],
      [5, 'tiers.critical.bakupHours'],
      [6, 'tiers.critical.known[1]'],
      [7, 'tiers.gold'],
    ],
  );
  assert.match(reading.problems[1]?.message ?? '', /Did you mean "backupHours"/);
});

test('whatever is given, it is a policy or it is refused with a reason', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      const checked = checkReadinessPolicy(input);
      assert.ok(checked.ok || checked.problems.length > 0);
    }),
  );
});
