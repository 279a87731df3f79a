import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { decide, explain } from '#domain/decide/decide.ts';
import type { Decision } from '#domain/decide/decision.ts';
import { clause, factsOver, SERVER_2019, server, update, word } from '#domain/decide/testing.ts';

const at = (text: string): Temporal.Instant => Temporal.Instant.from(text);
const codes = (decision: Decision): string[] =>
  decision.offered ? ['offered'] : decision.reasons.map(({ code }) => code);

describe('the time of an offer: default week, Sunday 02:00 London, 48 h lead, 90 min run', () => {
  // Patch Tuesday 10 October; the default week is the 18th to the 24th; its Sunday is the 22nd, 02:00 BST is 01:00Z.
  const facts = factsOver([update(1)]);
  const ask = (text: string): Decision => decide(server(), update(1), facts, at(text));

  it('is held in the weeks before, until the lead begins', () => {
    const decision = ask('2023-10-15T01:30:00Z');
    assert.deepEqual(codes(decision), ['release.not-yet', 'window.not-yet']);
    assert.equal(String(decision.until), '2023-10-20T01:00:00Z');
  });

  it('is offered in the lead without a deadline, to the instant', () => {
    assert.equal(ask('2023-10-20T00:59:59Z').offered, false);
    const decision = ask('2023-10-20T01:00:00Z');
    assert.ok(decision.offered);
    assert.deepEqual(
      [decision.phase, decision.deadline, String(decision.until)],
      ['lead', undefined, '2023-10-22T03:30:00Z'],
    );
  });

  it('is offered in the window with a deadline that a scanning client acts on at once', () => {
    const decision = ask('2023-10-22T01:00:00Z');
    assert.ok(decision.offered);
    assert.deepEqual([decision.phase, String(decision.deadline)], ['window', '2023-10-22T01:00:00Z']);
  });

  it('has no deadline in the window after a failure: an agent that retries would act on it outside', () => {
    const failing = server({ failed: new Set([update(1).updateId]) });
    const decision = decide(failing, update(1), facts, at('2023-10-22T01:00:00Z'));
    assert.ok(decision.offered);
    assert.deepEqual([decision.phase, decision.deadline], ['window', undefined]);
  });

  it('ends a run before the window does, and comes back a week later', () => {
    assert.equal(ask('2023-10-22T03:29:59Z').offered, true);
    const decision = ask('2023-10-22T03:30:00Z');
    assert.deepEqual(codes(decision), ['window.closing']);
    assert.equal(String(decision.until), '2023-10-27T02:00:00Z'); // the clocks go back on the 29th
    assert.deepEqual(codes(ask('2023-10-22T06:00:00Z')), ['window.not-yet']);
  });

  it('takes a revision of mid-cycle only after the soak of its plan', () => {
    const late = update(2, { published: at('2023-10-19T17:00:00Z') });
    const decision = decide(server(), late, factsOver([late]), at('2023-10-21T12:00:00Z'));
    assert.deepEqual(codes(decision), ['release.not-yet', 'window.not-yet']);
    assert.equal(String(decision.until), '2023-10-27T02:00:00Z'); // soaked on the 27th
  });
});

describe('the other questions', () => {
  const inWindow = at('2023-10-22T01:30:00Z');
  const ask = (one = update(1), on = server(), facts = factsOver([one])): string[] =>
    codes(decide(on, one, facts, inWindow));

  it('holds what the catalogue rules out', () => {
    assert.deepEqual(ask(update(1, { publicationState: 'Expired' })), ['catalogue.expired']);
    const tomorrow = update(1, { published: inWindow.add({ hours: 24 }) });
    assert.equal(ask(tomorrow)[0], 'catalogue.not-published');
    assert.deepEqual(ask(update(1, { explicitlyDeployable: false })), ['catalogue.not-deployable']);
    assert.deepEqual(ask(update(1), server(), factsOver([])).slice(0, 1), ['catalogue.unknown']);
    const old = update(1);
    const facts = factsOver([old, update(2, { updateId: old.updateId, revisionNumber: 201 })]);
    assert.deepEqual(ask(old, server(), facts), ['catalogue.not-latest']);
  });

  it('follows the policy, and a person over it, the nearest first', () => {
    const driver = update(1, { prerequisites: [clause(CLASSIFICATION.driver), clause(SERVER_2019)] });
    assert.deepEqual(ask(driver), ['approval.needs-review']);
    const persons = (...words: ReturnType<typeof word>[]) =>
      factsOver([driver], { persons: new Map([[driver.updateId, words]]) });
    assert.deepEqual(ask(driver, server(), persons(word('approve'))), ['offered']);
    const own = word('decline', { customerId: updateIdOf(0xc1) });
    assert.deepEqual(ask(driver, server(), persons(word('approve'), own)), ['catalogue.declined']);
    assert.deepEqual(ask(driver, server({ customerId: updateIdOf(0xc2) }), persons(word('approve'), own)), ['offered']);
  });

  it('asks for the licence and for every file', () => {
    const licensed = update(1, { eulaId: updateIdOf(77) });
    assert.deepEqual(ask(licensed), ['licence.eula-not-accepted']);
    assert.deepEqual(ask(licensed, server(), factsOver([licensed], { acceptedEulas: new Set([updateIdOf(77)]) })), [
      'offered',
    ]);
    assert.deepEqual(ask(update(1), server(), factsOver([update(1)], { deliverable: new Set() })), [
      'payload.not-available',
    ]);
  });

  it('is closed by default', () => {
    assert.deepEqual(ask(update(1), server({ mode: 'observe' })), ['mode.observe']);
    const { plan: _plan, ...planless } = server();
    assert.deepEqual(ask(update(1), planless), ['mode.no-plan']);
    assert.deepEqual(ask(update(1), { ...planless, mode: 'unassigned' }), ['mode.unassigned', 'mode.no-plan']);
  });

  it('offers definitions at each scan, with a deadline only in the window', () => {
    const definition = update(1, { prerequisites: [clause(CLASSIFICATION.definition), clause(SERVER_2019)] });
    const facts = factsOver([definition]);
    const outside = decide(server(), definition, facts, at('2023-10-12T00:00:00Z'));
    assert.ok(outside.offered);
    assert.deepEqual([outside.phase, outside.deadline], ['always', undefined]);
    const inside = decide(server(), definition, facts, inWindow);
    assert.ok(inside.offered && inside.deadline);
  });
});

describe('supersedence', () => {
  const october = update(1);
  const november = update(2, { supersedes: [october.updateId], published: at('2023-11-14T18:00:00Z') });
  const facts = factsOver([october, november]);

  it('does not withdraw an update in favour of a successor that is still held', () => {
    const early = server({ plan: makePlan({ name: 'late', releaseWeek: 3, weekday: 2 }) });
    const moment = at('2023-11-21T02:30:00Z'); // a follow-up window of October; November is not released yet
    assert.deepEqual(codes(decide(early, november, facts, moment)), ['release.not-yet', 'window.not-yet']);
    assert.deepEqual(codes(decide(early, october, facts, moment)), ['offered']);
  });

  it('holds it when the successor is offered now, or is installed', () => {
    const moment = at('2023-11-26T02:30:00Z');
    assert.deepEqual(codes(decide(server(), november, facts, moment)), ['offered']);
    assert.deepEqual(codes(decide(server(), october, facts, moment)), ['catalogue.superseded']);
    const patched = server({ installed: new Set([november.updateId]) });
    assert.deepEqual(codes(decide(patched, october, facts, at('2023-10-22T01:30:00Z'))), ['catalogue.superseded']);
  });

  it('does not let two updates that replace each other hold one another for ever', () => {
    const one = update(1, { supersedes: [updateIdOf(2)] });
    const two = update(2, { supersedes: [updateIdOf(1)] });
    assert.deepEqual(codes(decide(server(), one, factsOver([one, two]), at('2023-10-22T01:30:00Z'))), ['offered']);
  });
});

it('explains itself question by question, in their order, also where it offers', () => {
  const { answers } = explain(server(), update(1), factsOver([update(1)]), at('2023-10-22T01:30:00Z'));
  assert.deepEqual(
    answers.map(({ question }) => question),
    ['catalogue', 'approval', 'licence-payload', 'exception', 'mode', 'release', 'wave', 'readiness', 'window'],
  );
  assert.ok(answers.every((answer) => !answer.held && answer.passed.length > 10));
});
