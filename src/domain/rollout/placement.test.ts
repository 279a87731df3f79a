import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENVIRONMENTS, type Inventory, TIERS } from '#domain/fleet/inventory.ts';
import { ROLE_NAMES } from '#domain/fleet/roles.ts';
import { conditionWords, placeServer, placingRule } from '#domain/rollout/placement.ts';
import type { Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { FOUR_WAVES, ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';

function waveOf(
  inventory: Inventory,
  more: { readonly group?: string; readonly name?: string } = {},
): string | undefined {
  const wave = placeServer(FOUR_WAVES, { inventory, name: 'srv1.acme.example', ...more });
  return wave === undefined ? undefined : FOUR_WAVES.waves[wave]?.name;
}

test('the shipped plan places by environment and group, then by role, then by tier', () => {
  assert.equal(waveOf({ environment: 'test', roles: ['domain-controller'], tier: 'critical' }), 'pilot');
  assert.equal(waveOf({ environment: 'production' }, { group: 'pilot' }), 'pilot', 'letter case does not count');
  assert.equal(waveOf({ roles: ['iis', 'domain-controller'], tier: 'low' }), 'critical-infrastructure');
  assert.equal(waveOf({ roles: ['iis'], tier: 'critical' }), 'high-impact');
  assert.equal(waveOf({ roles: ['sql-server'] }), 'high-impact');
  assert.equal(waveOf({ roles: ['iis'], tier: 'medium', environment: 'production' }), 'low-risk');
  assert.equal(waveOf({}), 'low-risk', 'nothing is known');
});

function place(when: Placement['when'], inventory: Inventory, more: object = {}): boolean {
  const plan: RolloutPlan = { ...ORDER_ONLY, placement: [{ wave: 'all', when }] };
  return placeServer(plan, { inventory, name: 'db-01.acme.example', ...more }) === 0;
}

test('all conditions of a rule must hold, one value of each; what is unknown fits no condition', () => {
  assert.ok(place({ name: ['DB-*.acme.example', 'x'], releaseWeek: [1, 2] }, {}, { releaseWeek: 2 }));
  assert.ok(!place({ name: ['db-*'], releaseWeek: [1] }, {}, { releaseWeek: 2 }));
  assert.ok(!place({ releaseWeek: [1, 2, 3, 4] }, {}));
  assert.ok(place({ applications: ['SAP'] }, { applications: ['other', 'sap'] }));
  assert.ok(!place({ applications: ['SAP'], tier: ['low'] }, { applications: ['SAP'] }));
  assert.ok(place({ exposure: ['internet'] }, { exposure: 'internet' }));
  assert.ok(!place({ exposure: ['internet'] }, {}));
});

test('the rule that places a server is told in words', () => {
  const subject = { inventory: { tier: 'high' }, name: 'a' } as const;
  assert.equal(conditionWords(placingRule(FOUR_WAVES, subject)?.when ?? {}), 'tier critical or high');
  assert.equal(conditionWords({}), 'every server');
});

const inventories: fc.Arbitrary<Inventory> = fc.record(
  {
    roles: fc.uniqueArray(fc.constantFrom(...ROLE_NAMES), { maxLength: 3 }),
    applications: fc.array(fc.string(), { maxLength: 2 }),
    environment: fc.constantFrom(...ENVIRONMENTS),
    tier: fc.constantFrom(...TIERS),
    exposure: fc.constantFrom('internet', 'internal'),
  },
  { requiredKeys: [] },
);

test('property: a plan with a rule for every server places every server, by the first rule that holds', () => {
  fc.assert(
    fc.property(inventories, fc.string(), fc.string(), (inventory, name, group) => {
      for (const plan of [FOUR_WAVES, ORDER_ONLY]) {
        const wave = placeServer(plan, { inventory, name, group });
        assert.ok(wave !== undefined && wave < plan.waves.length);
        const rule = placingRule(plan, { inventory, name, group });
        const alone = plan.placement.filter(
          (one) => placeServer({ ...plan, placement: [one] }, { inventory, name, group }) !== undefined,
        );
        assert.equal(rule, alone[0]);
      }
    }),
  );
});
