import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Member, type MemberEvidence, progressOf } from '#domain/rollout/progress.ts';

const AT = Temporal.Instant.from('2025-10-20T12:00:00Z');
const hour = (hours: number) => Temporal.Instant.from('2025-10-20T00:00:00Z').add({ hours });
const TOLD: Member = { state: 'told', toldAt: hour(0), toldUntil: hour(10) };
const SAID: MemberEvidence = {
  needed: false,
  failed: false,
  pendingRestart: false,
  installed: true,
  outstanding: false,
  statusAt: hour(9),
};

const stateAfter = (member: Member, said: Partial<MemberEvidence>, at = AT) =>
  progressOf(member, { ...SAID, ...said }, at).state;

test('verified: installed by the latest report, nothing left, and the restart that was asked for is on record', () => {
  const { state, since } = progressOf(TOLD, SAID, AT);
  assert.deepEqual([state, `${since}`], ['verified', '2025-10-20T09:00:00Z']);
  assert.equal(stateAfter(TOLD, { restartAskedAt: hour(7), restartedAt: hour(8) }), 'verified');
  const asked = { restartAskedAt: hour(7), bootToldAt: hour(8) };
  assert.equal(stateAfter(TOLD, asked), 'told', 'it was asked since, and has not booted');
  assert.equal(stateAfter(TOLD, { ...asked, restartedAt: hour(7) }), 'told', 'not a later boot');
  assert.equal(stateAfter(TOLD, { pendingRestart: true }), 'told');
  assert.equal(stateAfter(TOLD, { needed: true, outstanding: true }), 'told', 'one of two is still needed');
  assert.equal(stateAfter({ state: 'waiting' }, {}), 'verified', 'somebody installed it by hand');
});

test('where nobody tells of boots, the next report stands for the restart', () => {
  assert.equal(stateAfter(TOLD, { restartAskedAt: hour(7) }), 'verified');
  assert.equal(stateAfter(TOLD, { restartAskedAt: hour(7), bootToldAt: hour(6) }), 'verified', 'not asked since');
  assert.equal(stateAfter(TOLD, { restartAskedAt: hour(9) }), 'told', 'the report that asked for it');
  assert.equal(stateAfter(TOLD, { restartAskedAt: hour(7), pendingRestart: true }), 'told');
});

test('without a report since the set grew nothing is verified, nor stays so', () => {
  const { statusAt: _, ...silent } = SAID;
  assert.equal(progressOf({ state: 'waiting' }, silent, AT).state, 'waiting');
  assert.equal(progressOf({ ...TOLD, toldUntil: hour(13) }, silent, AT).state, 'told');
  assert.equal(progressOf({ state: 'verified' }, silent, AT).state, 'waiting');
  assert.equal(progressOf({ state: 'not-needed' }, { ...silent, installed: false }, AT).state, 'waiting');
});

test('a failed one keeps its seat until it is verified', () => {
  const failing = { needed: true, failed: true, installed: false };
  assert.equal(stateAfter(TOLD, failing), 'failed');
  const failed: Member = { ...TOLD, state: 'failed' };
  assert.equal(stateAfter(failed, failing), 'failed');
  assert.equal(stateAfter(failed, { needed: true, installed: false }), 'failed');
  assert.equal(stateAfter(failed, { installed: false }), 'failed', 'not needed any more is not verified');
  assert.equal(stateAfter(failed, {}), 'verified');
  assert.equal(stateAfter({ ...TOLD, toldAt: hour(6) }, { ...failing, failedAt: hour(5), outstanding: true }), 'told');
  assert.equal(stateAfter({ ...TOLD, toldAt: hour(6) }, { ...failing, failedAt: hour(7) }), 'failed');
});

test('a told one gets its seat back only when its offer is over and nothing of it is outstanding', () => {
  const nothing = { needed: true, installed: false };
  assert.equal(stateAfter(TOLD, nothing), 'waiting');
  assert.equal(stateAfter(TOLD, nothing, hour(9)), 'told');
  assert.equal(stateAfter(TOLD, nothing, hour(10)), 'waiting');
  assert.equal(stateAfter(TOLD, { ...nothing, outstanding: true }), 'told');
  assert.equal(stateAfter(TOLD, { ...nothing, pendingRestart: true }), 'told');
  assert.equal(stateAfter(TOLD, { ...nothing, restartAskedAt: hour(9) }), 'told');
});

test('not needed, and needed again', () => {
  assert.equal(stateAfter({ state: 'waiting' }, { installed: false }), 'not-needed');
  assert.equal(stateAfter({ state: 'not-needed' }, {}), 'verified');
  for (const state of ['verified', 'not-needed'] as const) {
    assert.equal(stateAfter({ state }, { needed: true }), 'waiting');
    assert.equal(stateAfter({ state }, { failed: true }), 'waiting');
  }
});

const instants = fc.option(fc.integer({ min: 0, max: 24 }).map(hour), { nil: undefined });
const members = fc.record({
  state: fc.constantFrom('waiting', 'told', 'verified', 'failed', 'not-needed'),
  toldAt: instants,
  toldUntil: instants,
});
const words = fc.record({
  needed: fc.boolean(),
  failed: fc.boolean(),
  failedAt: instants,
  pendingRestart: fc.boolean(),
  installed: fc.boolean(),
  outstanding: fc.boolean(),
  statusAt: instants,
  restartAskedAt: instants,
  restartedAt: instants,
});

test('property: the same words move nobody twice, and no seat is freed while anything may still happen', () => {
  fc.assert(
    fc.property(members, words, (member, said) => {
      const known = present(member) as Member;
      const evidence = present(said) as MemberEvidence;
      const first = progressOf(known, evidence, AT);
      const second = progressOf({ ...known, state: first.state }, evidence, AT);
      assert.deepEqual([second.state, second.since], [first.state, undefined]);
      assert.equal(first.since === undefined, first.state === known.state);
      if (known.state === 'failed') assert.ok(first.state === 'failed' || first.state === 'verified');
      if (known.state === 'told' && first.state === 'waiting') {
        assert.ok(!evidence.outstanding && !evidence.pendingRestart && known.toldUntil);
      }
      if (first.state === 'verified' && known.state !== 'verified')
        assert.ok(evidence.statusAt && !evidence.needed && !evidence.failed && !evidence.pendingRestart);
    }),
    { numRuns: 2_000 },
  );
});

/** Absent instead of undefined. */
function present(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
