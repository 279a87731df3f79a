import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { approvalKey, approve } from '#domain/approval/approve.ts';
import type { Policy } from '#domain/approval/policy.ts';
import { OS_GENERATIONS, PRODUCTS } from '#domain/approval/products.ts';
import type { Target } from '#domain/fleet/server.ts';
import { defaultPolicy, LATER, policyFrom, type Sketch, sketch } from '#server/testing/update-sketch.ts';

function judged(policy: Policy, given: Sketch = {}, target?: Target, at = LATER) {
  const { revision, catalogue } = sketch(given);
  return approve(policy, revision, catalogue, target, at);
}

/** A policy of one rule that approves under a condition. */
function only(condition: string, verdict = 'approve'): Policy {
  return policyFrom(
    `name: test\nrules:\n  - { name: only, when: { ${condition} }, verdict: ${verdict}, reason: test }`,
  );
}

const PUBLISHED = Temporal.Instant.from('2024-10-08T17:00:00Z');

test('the first rule that speaks decides', () => {
  const policy = policyFrom(`
name: test
rules:
  - { name: silent, when: { class: office }, verdict: approve, reason: test }
  - { name: first, when: { severity: Unspecified }, verdict: not-approve, reason: test }
  - { name: second, when: { class: os-security }, verdict: approve, reason: test }
`);
  assert.equal(judged(policy).rule, 'first');
});

test('all conditions must hold, of each any value; "not" takes away', () => {
  const policy = policyFrom(`
name: test
rules:
  - name: only
    when: { classification: [Updates, Security Updates], severity: [Critical, Important] }
    not: { product: Windows Server 2016 }
    verdict: approve
    reason: test
`);
  assert.equal(judged(policy, { severity: 'Critical' }).rule, 'only');
  assert.equal(judged(policy, { severity: 'Low' }).rule, '(default)');
  assert.equal(judged(policy, { severity: 'Critical', products: ['Windows Server 2016'] }).rule, '(default)');
});

const CONDITIONS: readonly [condition: string, fits: Sketch, fails: Sketch][] = [
  ['class: os-security', {}, { updateType: 'Driver' }],
  ['classification: security updates', {}, { classification: 'Updates' }],
  ['classification: "{0FA1201D-4330-4FA8-8AE9-B877473B6441}"', {}, { classification: 'Updates' }],
  ['product: [Windows Server 2016, windows server 2019]', {}, { products: ['Windows Server 2012'] }],
  ['severity: Unspecified', {}, { severity: 'Low' }],
  ['kb: [KB5022842, 890830]', { kb: '890830' }, { kb: '5022843' }],
  ['kb: kb5022842', { kb: '5022842' }, {}],
  ['update: 11111111-2222-3333-4444-555555555555', {}, { updateId: '21111111-2222-3333-4444-555555555555' }],
  ['title: "*time ZONE*"', { title: 'A time zone update' }, { title: 'An update of zones' }],
  ['reboot: NeverReboots', { reboot: 'NeverReboots' }, { reboot: 'CanRequestReboot' }],
  [
    'published: { from: 2024-10-01, before: 2024-10-09 }',
    {},
    { published: Temporal.Instant.from('2024-10-09T00:00:00Z') },
  ],
];

for (const [condition, fits, fails] of CONDITIONS) {
  test(`condition ${condition}`, () => {
    assert.equal(judged(only(condition), fits).verdict, 'approve');
    assert.equal(judged(only(condition), fails).verdict, 'review');
  });
}

test('a condition on the target compares build and type of machine', () => {
  const policy = only('target: { osBuild: { from: 17763, before: 20348 }, productType: [server, domain-controller] }');
  assert.equal(judged(policy, {}, { osBuild: 17763, productType: 2 }).verdict, 'approve');
  assert.equal(judged(policy, {}, { osBuild: 20348, productType: 2 }).verdict, 'review');
  assert.equal(judged(policy, {}, { osBuild: 17763, productType: 1 }).verdict, 'review');
});

test('what cannot be known holds back: rules that approve are passed over, others speak', () => {
  const condition = 'target: { osBuild: [17763, 20348] }';
  assert.equal(judged(only(condition), {}, {}).rule, '(default)');
  assert.equal(judged(only(condition, 'not-approve'), {}, {}).rule, 'only');
  const except = policyFrom(
    'name: test\nrules: [{ name: only, when: { class: os-security }, not: { target: { productType: server } }, verdict: approve, reason: test }]',
  );
  assert.equal(judged(except, {}, { osBuild: 17763 }).rule, '(default)');
  assert.equal(judged(except, {}, { osBuild: 17763, productType: 2 }).rule, 'only');
});

test('an update of Windows is not approved for a server whose build is unknown; what is not Windows does not care', () => {
  assert.equal(judged(defaultPolicy(), {}, {}).rule, '(unknown build)');
  assert.equal(judged(defaultPolicy(), {}, { osBuild: 17763 }).rule, 'os-cumulative');
  const definition = { products: ['Microsoft Defender Antivirus'], classification: 'Definition Updates' };
  assert.equal(judged(defaultPolicy(), definition, {}).rule, 'defender-definitions');
  assert.equal(judged(defaultPolicy(), { products: ['Office 2016'] }, {}).rule, 'office');
});

test('age counts days of 24 hours from the publication, and says when it flips', () => {
  const policy = only('age: { from: 7, before: 30 }');
  const early = judged(policy, {}, undefined, PUBLISHED.add({ hours: 7 * 24 - 1 }));
  assert.deepEqual([early.verdict, early.until?.toString()], ['review', '2024-10-15T17:00:00Z']);
  const ripe = judged(policy, {}, undefined, PUBLISHED.add({ hours: 7 * 24 }));
  assert.deepEqual([ripe.verdict, ripe.until?.toString()], ['approve', '2024-11-07T17:00:00Z']);
  const old = judged(policy, {}, undefined, PUBLISHED.add({ hours: 30 * 24 }));
  assert.deepEqual([old.verdict, old.until], ['review', undefined]);
});

test('a dated rule is in force from one day until another', () => {
  const policy = only('date: { from: 2026-12-15, before: 2027-01-07 }');
  const before = judged(policy, {}, undefined, Temporal.Instant.from('2026-12-14T23:59:59Z'));
  assert.deepEqual([before.verdict, before.until?.toString()], ['review', '2026-12-15T00:00:00Z']);
  assert.equal(judged(policy, {}, undefined, Temporal.Instant.from('2026-12-15T00:00:00Z')).verdict, 'approve');
  assert.equal(judged(policy, {}, undefined, Temporal.Instant.from('2027-01-07T00:00:00Z')).verdict, 'review');
});

const timedRule = fc.record({
  age: fc.option(fc.tuple(fc.nat(20), fc.integer({ min: 21, max: 40 })), { nil: undefined }),
  date: fc.option(fc.integer({ min: 1, max: 28 }), { nil: undefined }),
  verdict: fc.constantFrom('approve', 'not-approve', 'review'),
});

test('until is the next change: the verdict stays the same before it and is another at it', () => {
  fc.assert(
    fc.property(fc.array(timedRule, { minLength: 1, maxLength: 4 }), fc.nat(40 * 24), (rules, hours) => {
      const lines = rules.map(({ age, date, verdict }, index) => {
        const when = [
          ...(age ? [`age: { from: ${age[0]}, before: ${age[1]} }`] : []),
          ...(date ? [`date: { from: 2024-10-${String(date).padStart(2, '0')} }`] : []),
          'class: os-security',
        ];
        return `  - { name: r${index}, when: { ${when.join(', ')} }, verdict: ${verdict}, reason: test }`;
      });
      const policy = policyFrom(`name: test\nrules:\n${lines.join('\n')}`);
      const at = PUBLISHED.add({ hours });
      const now = judged(policy, {}, undefined, at);
      const end = now.until ?? at.add({ hours: 24 * 60 });
      const span = at.until(end).total('hours');
      for (const part of [0.25, 0.5, 0.99]) {
        assert.equal(judged(policy, {}, undefined, at.add({ minutes: Math.floor(span * part * 60) })).rule, now.rule);
      }
      if (now.until) assert.notEqual(judged(policy, {}, undefined, now.until).rule, now.rule);
    }),
    { numRuns: 50 },
  );
});

test('targets with the same key get the same verdict on every update', () => {
  const policies = [
    defaultPolicy(),
    only('class: os-security, target: { osBuild: 20348 }'),
    only('target: { productType: server }'),
  ];
  const builds = OS_GENERATIONS.flatMap((build) => [build - 1, build, build + 1]);
  const target = fc.record(
    { osBuild: fc.constantFrom(...builds, 30_000), productType: fc.constantFrom(1, 2, 3) },
    { requiredKeys: [] },
  );
  const titles = PRODUCTS.filter(({ kind, title }) => kind === 'windows' && title !== 'Windows').map(
    ({ title }) => title,
  );
  const products = fc.constantFrom(...titles, 'Microsoft Server Operating System-30H2');
  fc.assert(
    fc.property(fc.constantFrom(...policies), products, target, target, (policy, title, one, other) => {
      if (approvalKey(policy, one) !== approvalKey(policy, other)) return;
      assert.deepEqual(judged(policy, { products: [title] }, one), judged(policy, { products: [title] }, other));
    }),
    { numRuns: 1_000 },
  );
});
