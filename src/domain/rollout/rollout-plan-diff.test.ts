import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffRolloutPlans } from '#domain/rollout/rollout-plan-diff.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';

test('two plans are compared wave by wave and rule by rule', () => {
  assert.deepEqual(diffRolloutPlans(FOUR_WAVES, FOUR_WAVES), []);
  const [pilot, ...rest] = FOUR_WAVES.waves;
  assert.ok(pilot);
  const { weekGate: _, ...without } = FOUR_WAVES;
  const changed = {
    ...without,
    twoPersons: true,
    waves: [{ ...pilot, gate: { ...pilot.gate, soakHours: 48, tell: ['ops@example.com'] } }, ...rest.slice(0, -1)],
    placement: FOUR_WAVES.placement.map((rule, place) =>
      place === 0 ? { wave: 'pilot', when: { group: ['Test'] } } : rule,
    ),
  };
  const changes = diffRolloutPlans(FOUR_WAVES, changed);
  const byPath = new Map(changes.map(({ path, from, to }) => [path, `${from} → ${to}`]));
  assert.equal(byPath.get('twoPersons'), 'false → true');
  assert.equal(byPath.get('waves.pilot.gate.soakHours'), '24 → 48');
  assert.equal(byPath.get('waves.pilot.gate.tell'), ' → ops@example.com');
  assert.equal(byPath.get('placement[0]'), 'pilot: target group Pilot → pilot: target group Test');
  assert.equal(byPath.get('weekGate.soakHours'), '24 → undefined');
  assert.equal(byPath.get('waves.high-impact.title'), 'High-impact applications → undefined');
  assert.match(byPath.get('waves') ?? '', /, high-impact → pilot, low-risk, critical-infrastructure$/);
  assert.ok(!byPath.has('waves.low-risk.title'));
});
