import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRolloutPlan } from '#domain/rollout/rollout-plan-schema.ts';
import { writeRolloutPlan } from '#domain/rollout/rollout-plan-text.ts';
import { rolloutWarnings } from '#domain/rollout/rollout-plan-warnings.ts';
import { FOUR_WAVES, ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';

const SHORT = `
name: short
waves:
  - { name: first, atOnce: 2 }
  - { name: rest, atOnce: 10 %, gate: { ownerTest: each-owner, timeoutHours: 48, tell: [ops@example.com] } }
placement:
  - { wave: first, when: { roles: IIS, name: [web-0*, web-1*] } }
  - { wave: rest }
`;

test('a short plan is filled in', () => {
  const reading = readRolloutPlan(SHORT);
  assert.ok(reading.ok);
  const { waves, placement, kinds, twoPersons } = reading.value;
  assert.deepEqual(waves[0], {
    name: 'first',
    title: 'first',
    atOnce: { kind: 'servers', servers: 2 },
    gate: {
      minVerified: 1,
      minPercent: 90,
      maxFailures: 0,
      soakHours: 24,
      noIncident: true,
      ownerTest: 'none',
      go: false,
      tell: [],
    },
  });
  assert.deepEqual(waves[1]?.atOnce, { kind: 'percent', percent: 10 });
  assert.deepEqual(waves[1]?.gate.tell, ['ops@example.com']);
  assert.deepEqual(placement, [
    { wave: 'first', when: { roles: ['iis'], name: ['web-0*', 'web-1*'] } },
    { wave: 'rest', when: {} },
  ]);
  assert.ok(kinds.includes('cumulative') && !kinds.includes('definitions'));
  assert.equal(twoPersons, false);
  assert.deepEqual(readRolloutPlan(JSON.stringify(reading.value)), reading, 'JSON is YAML');
});

test('the shipped plans are valid, warn only that they know nobody to tell, and survive as files', () => {
  assert.deepEqual(rolloutWarnings(FOUR_WAVES), [
    'Nobody is told when a gate fails or its time is out: tell is empty in pilot, low-risk, critical-infrastructure, high-impact, weekGate.',
  ]);
  assert.deepEqual(rolloutWarnings(ORDER_ONLY), []);
  for (const plan of [FOUR_WAVES, ORDER_ONLY]) {
    assert.deepEqual(readRolloutPlan(writeRolloutPlan(plan)), { ok: true, value: plan });
  }
});

test('the plan of the documentation is valid', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/rollout.md'), 'utf8');
  const reading = readRolloutPlan(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  assert.ok(reading.ok, JSON.stringify(reading));
  assert.deepEqual(rolloutWarnings(reading.value), []);
});

test('every problem of a file is told at once, with its place', () => {
  const reading = readRolloutPlan(
    [
      'name: bad',
      'kinds: [definitions]',
      'waves:',
      '  - { nam: a, atOnce: 200 % }',
      '  - { name: b, gate: { minVerified: -1, escalation: { afterHours: 2, to: [ann] } } }',
      '  - { name: b }',
      'placement:',
      '  - { wave: zz, when: { roles: domain-controler } }',
    ].join('\n'),
  );
  assert.ok(!reading.ok);
  assert.deepEqual(
    reading.problems.map(({ line, path }) => `${line} ${path}`),
    [
      '2 kinds[0]',
      '4 waves[0].name',
      '4 waves[0].nam',
      '4 waves[0].atOnce.percent',
      '5 waves[1].gate.minVerified',
      '5 waves[1].gate.escalation',
      '5 waves[1].gate.escalation.to[0]',
      '6 waves[2].name',
      '8 placement[0].wave',
      '8 placement[0].when.roles',
    ],
  );
  assert.match(reading.problems.at(-1)?.message ?? '', /Did you mean "domain-controller"\?/);
});

test('a wave cannot be called what gates of release weeks and unplaced servers are called', () => {
  const reading = readRolloutPlan(
    'name: x\nwaves:\n  - { name: week-2 }\n  - { name: unplaced }\nplacement: [{ wave: week-2 }]',
  );
  assert.ok(!reading.ok);
  assert.deepEqual(
    reading.problems.map(({ line, path }) => `${line} ${path}`),
    ['3 waves[0].name', '4 waves[1].name'],
  );
});

test('data of any shape is checked, never thrown at', () => {
  fc.assert(fc.property(fc.json(), (text) => assert.equal(readRolloutPlan(text).ok, false)));
  fc.assert(fc.property(fc.string(), (text) => assert.equal(readRolloutPlan(text).ok, false)));
});

test('what is allowed and may not be meant is a warning', () => {
  const reading = readRolloutPlan(
    'name: odd\nwaves: [{ name: a }, { name: b }, { name: c }]\nplacement: [{ wave: a }, { wave: b }, { wave: b }]',
  );
  assert.ok(reading.ok);
  assert.deepEqual(rolloutWarnings(reading.value), [
    'Rule 1 of the placement takes every server. The 2 rules after it are never reached.',
    'No rule places a server in the wave "b".',
    'No rule places a server in the wave "c".',
  ]);
  const open = { ...reading.value, placement: [{ wave: 'a', when: { tier: ['low'] as const } }] };
  assert.match(rolloutWarnings(open)[0] ?? '', /^No rule takes every server/);
});
