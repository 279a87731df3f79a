import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { decide } from '#domain/decide/decide.ts';
import { clause, factsOver, PATCH_TUESDAY, SERVER_2019, server, update, word } from '#domain/decide/testing.ts';
import type { Pause } from '#domain/exception/hold.ts';

const at = Temporal.Instant.from;
/** The primary window of the default plan in London: 2023-10-22 02:00 to 06:00, local. */
const IN_WINDOW = at('2023-10-22T01:30:00Z');
const IN_LEAD = at('2023-10-21T12:00:00Z');
const AFTER = at('2023-10-22T08:00:00Z');

function codes(...asked: Parameters<typeof decide>): string[] {
  const decision = decide(...asked);
  return decision.offered ? [] : decision.reasons.map(({ code }) => code);
}

function pause(changes: Partial<Pause>): Pause {
  const ends = at('2023-10-23T00:00:00Z');
  return {
    pauseId: 'p1',
    scope: { kind: 'all' },
    starts: PATCH_TUESDAY,
    ends,
    who: 'ann',
    why: 'month end',
    ...changes,
  };
}

it('a pause holds everything of those whom it reaches until it ends', () => {
  const one = server({ group: 'SQL' });
  const customerId = one.customerId ?? '';
  const reached = [
    { kind: 'all' },
    { kind: 'customer', customerId },
    { kind: 'group', customerId, group: 'SQL' },
    { kind: 'server', serverId: one.serverId },
  ] as const;
  for (const scope of reached) {
    const decision = decide(one, update(1), factsOver([update(1)], { pauses: [pause({ scope })] }), IN_WINDOW);
    assert.ok(!decision.offered);
    assert.equal(decision.reasons[0].code, 'exception.paused');
    assert.equal(String(decision.until), '2023-10-23T00:00:00Z');
  }
  const others = [
    { kind: 'customer', customerId: updateIdOf(9) },
    { kind: 'group', customerId, group: 'Web' },
    { kind: 'server', serverId: updateIdOf(9) },
  ] as const;
  for (const scope of others)
    assert.ok(decide(one, update(1), factsOver([update(1)], { pauses: [pause({ scope })] }), IN_WINDOW).offered);
});

it('the brake holds one update everywhere, and the update that it replaces is offered instead', () => {
  const older = update(1);
  const newer = update(2, { supersedes: [older.updateId] });
  const brakes = new Map([
    [newer.updateId, { updateId: newer.updateId, who: 'ann', why: 'does not boot', at: PATCH_TUESDAY }],
  ]);
  const free = factsOver([older, newer]);
  const braked = factsOver([older, newer], { brakes });
  assert.deepEqual(codes(server(), older, free, IN_WINDOW), ['catalogue.superseded']);
  assert.ok(decide(server(), older, braked, IN_WINDOW).offered);
  assert.deepEqual(codes(server(), newer, braked, IN_WINDOW), ['exception.braked']);
});

it('what is reported as installed again and again waits for a person', () => {
  const looping = new Set([update(1).updateId]);
  assert.deepEqual(codes(server({ looping }), update(1), factsOver([update(1)]), IN_WINDOW), [
    'exception.install-loop',
  ]);
});

it('a word for one server reaches no other of the customer', () => {
  const driver = update(1, { prerequisites: [clause(CLASSIFICATION.driver), clause(SERVER_2019)] });
  const one = server();
  const said = word('approve', { customerId: one.customerId ?? '', serverId: one.serverId, atCustomersRisk: true });
  const facts = factsOver([driver], {
    persons: new Map([[driver.updateId, [said]]]),
    singledOut: new Set([one.serverId]),
  });
  assert.ok(decide(one, driver, facts, IN_WINDOW).offered);
  assert.deepEqual(codes(server({ serverId: updateIdOf(0xabd) }), driver, facts, IN_WINDOW), ['approval.needs-review']);
});

it('a servicing stack update that never restarts goes ahead in the lead; one that may restart waits for the window', () => {
  const stack = (reboot: 'NeverReboots' | 'CanRequestReboot') =>
    update(1, { title: 'Servicing Stack Update for Windows Server 2019 (KB501)', reboot });
  const ahead = decide(server(), stack('NeverReboots'), factsOver([stack('NeverReboots')]), IN_LEAD);
  assert.ok(ahead.offered && ahead.phase === 'lead');
  assert.equal(String(ahead.deadline), '2023-10-20T01:00:00Z');
  const early = server({ plan: makePlan({ name: 'p', weekday: 3 }) });
  const beforeWeek = decide(
    early,
    stack('NeverReboots'),
    factsOver([stack('NeverReboots')]),
    at('2023-10-17T12:00:00Z'),
  );
  assert.ok(beforeWeek.offered && beforeWeek.deadline === undefined, 'its lead begins before its week does');
  const waits = decide(server(), stack('CanRequestReboot'), factsOver([stack('CanRequestReboot')]), IN_LEAD);
  assert.ok(waits.offered && waits.deadline === undefined);
});

it('definitions go in at the client’s own schedule, or at each scan where the plan says daily', () => {
  const definition = update(1, {
    prerequisites: [clause(CLASSIFICATION.definition), clause(SERVER_2019)],
    reboot: 'NeverReboots',
  });
  const deadline = (definitions: 'each-scan' | 'daily') => {
    const decision = decide(
      server({ plan: makePlan({ name: 'p', definitions }) }),
      definition,
      factsOver([definition]),
      at('2023-10-17T12:00:00Z'),
    );
    assert.ok(decision.offered && decision.phase === 'always');
    return decision.deadline && String(decision.deadline);
  };
  assert.equal(deadline('each-scan'), undefined);
  assert.equal(deadline('daily'), String(definition.published));
});

it('catching up is for a server that was away over the window, for as long as the plan says', () => {
  const plan = makePlan({ name: 'p', missed: { kind: 'catch-up', hours: 6 } });
  const facts = factsOver([update(1)]);
  const away = server({ plan, visitBefore: at('2023-10-20T12:00:00Z') });
  const caught = decide(away, update(1), facts, AFTER);
  assert.ok(caught.offered && caught.phase === 'catch-up');
  assert.equal(String(caught.deadline), '2023-10-22T01:00:00Z');
  assert.equal(String(caught.until), '2023-10-22T11:00:00Z');
  const wasThere = server({ plan, visitBefore: at('2023-10-22T01:10:00Z') });
  assert.deepEqual(codes(wasThere, update(1), facts, AFTER), ['window.not-yet']);
  assert.deepEqual(codes(server({ plan }), update(1), facts, AFTER), ['window.not-yet'], 'a new server missed nothing');
  assert.deepEqual(codes(away, update(1), facts, at('2023-10-22T11:00:00Z')), ['window.not-yet']);
});
