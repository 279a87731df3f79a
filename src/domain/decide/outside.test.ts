import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { outsideOf } from '#domain/decide/outside.ts';
import { clause, factsOver, SERVER_2019, server, update } from '#domain/decide/testing.ts';

const at = Temporal.Instant.from;
/** The primary window of the default plan in London is 2023-10-22T01:00Z to 05:00Z. */
const INSIDE = at('2023-10-22T04:59:00Z');
const AFTER = at('2023-10-22T05:00:00Z');
const TOLD = { toldAt: at('2023-10-21T10:00:00Z'), deadline: null, withdrawnAt: null };
const DEADLINE = at('2023-10-22T01:00:00Z');

function code(installedAt: Temporal.Instant, told: Parameters<typeof outsideOf>[3], one = server(), what = update(1)) {
  return outsideOf(one, what, { at: installedAt }, told, factsOver([what]))?.code;
}

it('an installation inside of a window, or while catching up, needs no explanation', () => {
  assert.equal(code(INSIDE, TOLD), undefined);
  const catching = server({ plan: makePlan({ name: 'p', missed: { kind: 'catch-up', hours: 6 } }) });
  assert.equal(code(AFTER, TOLD, catching), undefined);
  assert.equal(code(AFTER.add({ hours: 6 }), TOLD, catching), 'outside.own-schedule');
});

it('one outside is explained by what the server had been told by then', () => {
  assert.equal(code(AFTER, undefined), 'outside.not-offered');
  assert.equal(code(at('2023-10-21T09:00:00Z'), TOLD), 'outside.told-since');
  assert.equal(code(AFTER, TOLD), 'outside.own-schedule');
  assert.equal(code(AFTER, { ...TOLD, deadline: DEADLINE }), 'outside.kept-deadline');
  const withdrawn = { ...TOLD, deadline: DEADLINE, withdrawnAt: at('2023-10-22T04:00:00Z') };
  assert.equal(code(AFTER, withdrawn), 'outside.after-withdrawal');
  const { plan: _plan, ...planless } = server();
  assert.equal(code(AFTER, TOLD, planless), 'outside.no-plan');
});

it('a window before the release counts as outside', () => {
  assert.equal(
    code(at('2023-10-15T02:00:00Z'), { ...TOLD, toldAt: at('2023-10-13T02:00:00Z') }),
    'outside.own-schedule',
  );
});

it('a restart that did not follow in the window is told of, as soon as the window is over', () => {
  const waiting = (at: Temporal.Instant) =>
    outsideOf(server(), update(1), { at: INSIDE, waitsSince: at }, TOLD, factsOver([update(1)]))?.code;
  assert.equal(waiting(INSIDE), undefined);
  assert.equal(waiting(AFTER), 'outside.restart-to-come');
});

it('definitions go in at any hour', () => {
  const definition = update(1, {
    prerequisites: [clause(CLASSIFICATION.definition), clause(SERVER_2019)],
    reboot: 'NeverReboots',
  });
  assert.equal(code(AFTER, undefined, server(), definition), undefined);
});
