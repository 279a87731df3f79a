import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GateFigures } from '#domain/rollout/campaign.ts';
import { judgeGate } from '#domain/rollout/gate.ts';
import type { Gate } from '#domain/rollout/rollout-plan.ts';
import { FIGURES, figuresOf, GATE, gates } from '#domain/rollout/testing/gates.ts';

const AT = Temporal.Instant.from('2025-10-20T04:00:00Z');
const EARLIER = AT.subtract({ hours: 30 });
const SOAKED = { openedAt: EARLIER, metSince: EARLIER, goGiven: false };

function judge(gate: Partial<Gate>, figures: Partial<GateFigures>, times: Parameters<typeof judgeGate>[2] = SOAKED) {
  return judgeGate({ ...GATE, ...gate }, { ...FIGURES, ...figures }, times, AT);
}

test('count, share, soak, failures: each with its line', () => {
  const pass = judge({}, { verified: 3 });
  assert.deepEqual(pass.verdict, {
    verdict: 'pass',
    line: '3 of 4 verified, 0 failed',
    figures: { ...FIGURES, verified: 3 },
  });
  const few = judge({}, { verified: 2 });
  assert.deepEqual(
    [few.verdict.verdict, few.verdict.line, few.metSince],
    ['inconclusive', '2 of 3 verified', undefined],
  );
  const share = judge({ minPercent: 100 }, { verified: 3 });
  assert.equal(share.verdict.line, '3 of 4 verified');
  const soaking = judge({}, { verified: 3 }, { openedAt: EARLIER, goGiven: false });
  assert.equal(soaking.verdict.line, '3 of 3 verified, soak of 24 h ends at 2025-10-21T04:00Z');
  assert.deepEqual([`${soaking.metSince}`, `${soaking.until}`], ['2025-10-20T04:00:00Z', '2025-10-21T04:00:00Z']);
  const failed = judge({ maxFailures: 1 }, { verified: 3, failed: 2 });
  assert.deepEqual([failed.verdict.verdict, failed.verdict.line], ['fail', '2 failed, 1 allowed']);
  assert.equal(judge({ maxFailures: 1 }, { verified: 3, failed: 1 }).verdict.verdict, 'pass');
});

test('people: an owner says no, cannot tell, has not said; a go; an incident', () => {
  assert.equal(judge({}, { verified: 4, didNot: 1 }).verdict.line, 'an owner says that it did not work');
  assert.equal(judge({}, { verified: 4, didNot: 1 }).verdict.verdict, 'fail');
  const unsure = judge({ ownerTest: 'one' }, { verified: 4, cannotTell: 1, owners: 2 });
  assert.equal(unsure.verdict.line, '3 of 3 verified, no owner says yet that it works (1 cannot tell)');
  const each = judge({ ownerTest: 'each-owner' }, { verified: 4, worked: 1, ownersWorked: 1, owners: 2 });
  assert.equal(each.verdict.line, '3 of 3 verified, 1 of 2 owners say that it works');
  assert.equal(judge({ go: true }, { verified: 4 }).verdict.line, "3 of 3 verified, a person's go is missing");
  assert.equal(judge({ go: true }, { verified: 4 }, { ...SOAKED, goGiven: true }).verdict.verdict, 'pass');
  assert.equal(
    judge({ noIncident: true }, { verified: 4, incidents: 2 }).verdict.line,
    '3 of 3 verified, 2 incidents are open',
  );
  assert.equal(judge({ noIncident: false }, { verified: 4, incidents: 2 }).verdict.verdict, 'pass');
  const late = judge({ go: true }, { verified: 3 }, { openedAt: EARLIER, goGiven: false });
  assert.equal(late.until, undefined, 'time alone does not bring a go');
});

test('a wave smaller than the count needs all of its servers; an empty one, or one that needs nothing, needs nobody', () => {
  assert.equal(judge({}, { servers: 2, needing: 2, verified: 1 }).verdict.line, '1 of 2 verified');
  assert.equal(judge({}, { servers: 2, needing: 2, verified: 2 }).verdict.verdict, 'pass');
  const none = { servers: 0, needing: 0, verified: 0, told: 0 };
  assert.equal(judge({ go: true }, none, { goGiven: false }).verdict.line, 'no servers are placed here');
  assert.equal(judge({}, { ...none, servers: 3 }, { goGiven: false }).verdict.line, 'no server here needs any of it');
  assert.equal(
    judge({}, { servers: 3, needing: 3, verified: 0 }).verdict.verdict,
    'inconclusive',
    'nobody has reported',
  );
});

test('property: more verified servers never turn a pass into anything else', () => {
  fc.assert(
    fc.property(gates, fc.boolean(), figuresOf({ maxServers: 60 }), fc.nat(100), (gate, goGiven, figures, more) => {
      const times = { openedAt: EARLIER, metSince: EARLIER, goGiven };
      const before = judgeGate(gate, figures, times, AT).verdict.verdict;
      const verified = Math.min(figures.needing, figures.verified + more);
      const after = judgeGate(gate, { ...figures, verified }, times, AT).verdict.verdict;
      assert.ok(before !== 'pass' || after === 'pass');
      assert.ok(before !== 'inconclusive' || after !== 'fail');
    }),
  );
});

test('property: one failure too many always fails, and a pass always has its evidence', () => {
  fc.assert(
    fc.property(gates, fc.boolean(), figuresOf({ maxServers: 60 }), (gate, goGiven, figures) => {
      const times = { openedAt: EARLIER, metSince: EARLIER, goGiven };
      const tooMany = judgeGate(gate, { ...figures, failed: gate.maxFailures + 1 }, times, AT);
      assert.equal(tooMany.verdict.verdict, 'fail');
      const { verdict, until } = judgeGate(gate, figures, times, AT);
      assert.notEqual(verdict.line, '');
      if (verdict.verdict !== 'pass') return;
      assert.equal(until, undefined);
      assert.ok(figures.failed <= gate.maxFailures && figures.didNot === 0);
      if (figures.needing === 0) return;
      assert.ok(figures.verified >= Math.min(gate.minVerified, figures.needing));
      assert.ok(figures.verified * 100 >= gate.minPercent * figures.needing);
      assert.ok(!gate.go || goGiven);
      assert.ok(!gate.noIncident || figures.incidents === 0);
    }),
  );
});
