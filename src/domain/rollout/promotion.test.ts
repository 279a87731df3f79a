import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Campaign, GateFigures, WaveStanding } from '#domain/rollout/campaign.ts';
import { type CampaignEvidence, type Promotion, promote } from '#domain/rollout/promotion.ts';
import type { Gate, RolloutPlan } from '#domain/rollout/rollout-plan.ts';
import { ORDER_ONLY } from '#domain/rollout/shipped-plans.ts';
import { EMPTY, FIGURES, figuresOf, GATE, gates } from '#domain/rollout/testing/gates.ts';

const AT = Temporal.Instant.from('2025-10-15T00:00:00Z');
const DAY = { hours: 24 };
const GOOD: GateFigures = { ...FIGURES, verified: 4 };

function planOf(waveGates: readonly Gate[], weekGate?: Gate): RolloutPlan {
  const waves = waveGates.map((gate, place) => ({
    name: `w${place}`,
    title: `Wave ${place}`,
    atOnce: { kind: 'all' } as const,
    gate,
  }));
  const base = { name: 'test', kinds: ['cumulative'] as const, twoPersons: false };
  return { ...base, waves, placement: [{ wave: 'w0', when: {} }], ...(weekGate ? { weekGate } : {}) };
}

function campaignOf(plan: RolloutPlan): Campaign {
  return {
    campaignId: 'c',
    customerId: 'x',
    cycle: '2025-10',
    number: 1,
    plan,
    planVersion: 1,
    state: 'gathering',
    openedAt: AT,
    updates: new Map(),
    waves: plan.waves.map((): WaveStanding => ({ state: 'waiting' })),
    weeks: new Map(),
  };
}

function evidence(waves: readonly GateFigures[], more: Partial<CampaignEvidence> = {}): CampaignEvidence {
  return { waves: waves.map((figures) => ({ figures, goGiven: false })), weeks: new Map(), open: 1, ...more };
}

/** The campaign as it is kept after a promotion. */
function after(campaign: Campaign, { state, sealed, waves, weeks }: Promotion, at: Temporal.Instant): Campaign {
  const sealedAt = campaign.sealedAt ?? (sealed ? at : undefined);
  return { ...campaign, state, waves, weeks, ...(sealedAt ? { sealedAt } : {}) };
}

const states = ({ waves }: Pick<Campaign, 'waves'>) => waves.map(({ state }) => state).join(' ');
const kinds = ({ changes }: Promotion) => changes.map(({ kind }) => kind).join(' ');

test('waves open one after the other, each behind the gate of the one before, and the set is sealed with the first', () => {
  let campaign = campaignOf(planOf([GATE, GATE]));
  const first = promote(campaign, evidence([FIGURES, FIGURES]), AT);
  assert.deepEqual(
    [states(first), first.state, first.sealed, kinds(first)],
    ['open waiting', 'gathering', false, 'wave-opened'],
  );
  assert.equal(first.waves[0]?.verdict?.line, '0 of 3 verified');
  campaign = after(campaign, first, AT);
  const soaking = promote(campaign, evidence([GOOD, FIGURES]), AT.add(DAY));
  assert.deepEqual([states(soaking), kinds(soaking)], ['open waiting', '']);
  campaign = after(campaign, soaking, AT.add(DAY));
  const passed = promote(campaign, evidence([GOOD, FIGURES]), AT.add({ hours: 48 }));
  assert.deepEqual(
    [states(passed), passed.state, kinds(passed)],
    ['passed open', 'promoting', 'gate-passed wave-opened sealed'],
  );
  campaign = after(campaign, passed, AT.add({ hours: 48 }));
  const last = promote(campaign, evidence([GOOD, GOOD]), AT.add({ hours: 49 }));
  campaign = after(campaign, last, AT.add({ hours: 49 }));
  const open = promote(campaign, evidence([GOOD, GOOD], { open: 1 }), AT.add({ hours: 80 }));
  assert.deepEqual([states(open), open.state], ['passed passed', 'promoting'], 'a server is still open');
  const end = promote(after(campaign, open, AT), evidence([GOOD, GOOD], { open: 0 }), AT.add({ hours: 81 }));
  assert.deepEqual([end.state, kinds(end)], ['finished', 'finished']);
});

test('what falls out of the count while it soaks begins to soak anew', () => {
  let campaign = campaignOf(planOf([GATE, GATE]));
  campaign = after(campaign, promote(campaign, evidence([GOOD, FIGURES]), AT), AT);
  const back = promote(campaign, evidence([{ ...FIGURES, verified: 2 }, FIGURES]), AT.add({ hours: 20 }));
  assert.equal(back.waves[0]?.metSince, undefined);
  campaign = after(campaign, back, AT);
  campaign = after(campaign, promote(campaign, evidence([GOOD, FIGURES]), AT.add({ hours: 23 })), AT);
  assert.equal(states(promote(campaign, evidence([GOOD, FIGURES]), AT.add({ hours: 30 }))), 'open waiting');
  assert.equal(states(promote(campaign, evidence([GOOD, FIGURES]), AT.add({ hours: 47 }))), 'passed open');
});

test('a failed gate stops; a resumption lets the same failures be, but neither passes them nor forgives one more', () => {
  const bad = { ...GOOD, verified: 3, failed: 1 };
  const campaign = campaignOf(planOf([{ ...GATE, soakHours: 0, tell: ['ops@example.com'] }, GATE]));
  const failed = promote(campaign, evidence([bad, FIGURES]), AT);
  assert.deepEqual([failed.state, kinds(failed)], ['stopped', 'wave-opened gate-failed']);
  assert.deepEqual(
    failed.asks.map(({ kind, to }) => [kind, ...to]),
    [['failed', 'ops@example.com']],
  );
  const stopped = after(campaign, failed, AT);
  const untouched = promote(stopped, evidence([GOOD, GOOD], { open: 0 }), AT.add(DAY));
  assert.deepEqual([untouched.state, kinds(untouched), untouched.asks], ['stopped', '', []], 'only a person resumes');
  const resumed: Campaign = { ...stopped, state: 'gathering' };
  const same = promote(resumed, evidence([bad, FIGURES]), AT.add(DAY));
  assert.deepEqual([same.state, states(same), kinds(same)], ['gathering', 'open waiting', '']);
  const worse = promote(resumed, evidence([{ ...bad, failed: 2 }, FIGURES]), AT.add(DAY));
  assert.equal(worse.state, 'stopped');
  const twoBad = after(resumed, worse, AT);
  const repaired = promote({ ...twoBad, state: 'gathering' }, evidence([bad, FIGURES]), AT.add(DAY));
  assert.equal(repaired.waves[0]?.verdict?.line, '1 failed, 0 allowed');
  const another = promote(after(twoBad, repaired, AT), evidence([{ ...bad, failed: 2 }, FIGURES]), AT.add(DAY));
  assert.equal(another.state, 'stopped', 'one repaired makes no room for another to fail');
  const mended = promote(resumed, evidence([GOOD, FIGURES]), AT.add(DAY));
  assert.deepEqual([states(mended), mended.state], ['passed open', 'promoting']);
});

test('what falls out of the count while a failure is let be soaks anew, too', () => {
  const bad = { ...GOOD, failed: 1 };
  let campaign = campaignOf(planOf([{ ...GATE, soakHours: 24 }, GATE]));
  campaign = after(campaign, promote(campaign, evidence([bad, FIGURES]), AT), AT);
  campaign = { ...campaign, state: 'gathering' };
  campaign = after(campaign, promote(campaign, evidence([{ ...bad, verified: 0 }, FIGURES]), AT.add(DAY)), AT);
  const repaired = promote(campaign, evidence([GOOD, FIGURES]), AT.add({ hours: 48 }));
  assert.equal(states(repaired), 'open waiting');
  assert.match(repaired.waves[0]?.verdict?.line ?? '', /soak of 24 h ends/);
});

test('a wave that has passed can still stop the campaign, without closing what it opened', () => {
  const plan = planOf([{ ...GATE, soakHours: 0 }, GATE]);
  const campaign = after(campaignOf(plan), promote(campaignOf(plan), evidence([GOOD, FIGURES]), AT), AT);
  const late = promote(campaign, evidence([{ ...GOOD, didNot: 1 }, FIGURES]), AT.add(DAY));
  assert.deepEqual([late.state, states(late), kinds(late)], ['stopped', 'passed open', 'gate-failed']);
  const resumed: Campaign = { ...after(campaign, late, AT), state: 'promoting' };
  assert.equal(promote(resumed, evidence([{ ...GOOD, didNot: 1 }, FIGURES]), AT.add(DAY)).state, 'promoting');
  const taken = promote(resumed, evidence([GOOD, FIGURES]), AT.add(DAY));
  assert.equal(taken.waves[0]?.verdict?.verdict, 'pass');
  const again = promote(after(resumed, taken, AT), evidence([{ ...GOOD, didNot: 1 }, FIGURES]), AT.add(DAY));
  assert.equal(again.state, 'stopped', 'a new word is a new failure');
});

test('an empty wave passes at once and does not seal; one whose servers need nothing seals', () => {
  const empty = promote(campaignOf(planOf([GATE, GATE])), evidence([EMPTY, FIGURES]), AT);
  assert.deepEqual([states(empty), empty.state], ['passed open', 'gathering']);
  const idle = promote(campaignOf(planOf([GATE, GATE])), evidence([{ ...EMPTY, servers: 2 }, FIGURES]), AT);
  assert.deepEqual([states(idle), idle.state], ['passed open', 'promoting']);
});

test('a campaign of one wave gathers until nothing is open', () => {
  const campaign = campaignOf(ORDER_ONLY);
  const open = promote(campaign, evidence([GOOD]), AT);
  assert.deepEqual([states(open), open.state, open.sealed], ['open', 'gathering', false]);
  const end = promote(after(campaign, open, AT), evidence([GOOD], { open: 0 }), AT);
  assert.deepEqual([end.state, end.sealed, kinds(end)], ['finished', true, 'gate-passed sealed finished']);
});

test('gates before release weeks are asked in order; a week without servers has none', () => {
  const campaign = campaignOf(planOf([GATE], { ...GATE, soakHours: 0 }));
  const weeks = (...shown: readonly (readonly [number, GateFigures])[]) =>
    new Map(shown.map(([week, figures]) => [week, { figures, goGiven: false }]));
  const few = promote(campaign, evidence([FIGURES], { weeks: weeks([2, FIGURES], [4, GOOD]) }), AT);
  assert.deepEqual(
    [...few.weeks].map(([week, { state }]) => `${week} ${state}`),
    ['2 open', '3 waiting', '4 waiting'],
  );
  const shown = promote(campaign, evidence([FIGURES], { weeks: weeks([2, GOOD], [4, GOOD]) }), AT);
  assert.deepEqual(
    [...shown.weeks].map(([week, { state }]) => `${week} ${state}`),
    ['2 passed', '3 waiting', '4 passed'],
  );
  assert.deepEqual(
    shown.changes.filter(({ place }) => place?.kind === 'week').map(({ line }) => line),
    ['Release week 2: 4 of 4 verified, 0 failed', 'Release week 4: 4 of 4 verified, 0 failed'],
  );
});

test('who is to be asked: at the time-out, and so long after it', () => {
  const gate: Gate = {
    ...GATE,
    timeoutHours: 48,
    tell: ['ops@example.com'],
    escalation: { afterHours: 24, to: ['head@example.com'] },
  };
  const campaign = after(campaignOf(planOf([gate])), promote(campaignOf(planOf([gate])), evidence([FIGURES]), AT), AT);
  const asked = (hours: number) =>
    promote(campaign, evidence([FIGURES]), AT.add({ hours })).asks.map(({ kind, to, line }) => `${kind} ${to} ${line}`);
  assert.deepEqual(asked(47), []);
  assert.deepEqual(asked(48), ['time-out ops@example.com 0 of 3 verified']);
  assert.deepEqual(asked(72), [
    'time-out ops@example.com 0 of 3 verified',
    'escalation head@example.com 0 of 3 verified',
  ]);
});

/** A campaign's life: at each step some hours later, with other figures. */
const lives = fc
  .tuple(fc.array(gates, { minLength: 1, maxLength: 4 }), fc.option(gates, { nil: undefined }))
  .chain(([waveGates, weekGate]) =>
    fc.record({
      plan: fc.constant(planOf(waveGates, weekGate)),
      steps: fc.array(
        fc.record({
          hours: fc.nat(60),
          go: fc.boolean(),
          open: fc.nat(2),
          waves: fc.array(figuresOf({ maxServers: 12 }), { minLength: waveGates.length, maxLength: waveGates.length }),
          weeks: fc.array(figuresOf({ maxServers: 12 }), { minLength: 3, maxLength: 3 }),
          resume: fc.boolean(),
        }),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  );

test('property: asking twice changes nothing more, and no wave is open before the former has passed', () => {
  fc.assert(
    fc.property(lives, ({ plan, steps }) => {
      let campaign = campaignOf(plan);
      let at = AT;
      for (const step of steps) {
        at = at.add({ hours: step.hours });
        if (step.resume && campaign.state === 'stopped')
          campaign = { ...campaign, state: campaign.sealedAt ? 'promoting' : 'gathering' };
        const goGiven = step.go;
        const shown: CampaignEvidence = {
          waves: step.waves.map((figures) => ({ figures, goGiven })),
          weeks: new Map(step.weeks.map((figures, place) => [place + 2, { figures, goGiven }])),
          open: step.open,
        };
        const once = promote(campaign, shown, at);
        holdsTogether(campaign, once);
        campaign = after(campaign, once, at);
        const twice = promote(campaign, shown, at);
        assert.deepEqual(twice.changes, []);
        assert.deepEqual([twice.state, twice.sealed, twice.waves], [once.state, once.sealed, once.waves]);
        assert.deepEqual([...twice.weeks], [...once.weeks]);
      }
    }),
  );
});

function holdsTogether(before: Campaign, { state, sealed, waves, weeks, changes }: Promotion): void {
  for (const row of [waves, [2, 3, 4].flatMap((week) => weeks.get(week) ?? [])]) {
    for (const [place, standing] of row.entries()) {
      if (place > 0 && standing.state !== 'waiting') assert.equal(row[place - 1]?.state, 'passed');
      assert.equal(standing.state === 'waiting', standing.openedAt === undefined);
      assert.equal(standing.state === 'passed', standing.passedAt !== undefined);
    }
  }
  for (const [place, { state: was }] of before.waves.entries())
    assert.ok(was !== 'passed' || waves[place]?.state === 'passed', 'what has passed stays so');
  assert.ok(before.sealedAt === undefined || sealed, 'what is sealed stays so');
  assert.equal(
    state === 'stopped' && before.state !== 'stopped',
    changes.some(({ kind }) => kind === 'gate-failed'),
  );
  assert.ok(state !== 'finished' || waves.every((wave) => wave.state === 'passed'));
}
