import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Calendars, calendarFor } from '#domain/calendar/server-calendar.ts';
import type { PauseScope } from '#domain/exception/hold.ts';

const rule = { kind: 'yearly', from: '12-24', to: '12-31' } as const;
const freeze = (name: string, scope: PauseScope) => ({ freezeId: name, name, rule, scope });
const CALENDARS: Calendars = {
  freezes: [
    freeze('all', { kind: 'all' }),
    freeze('contoso', { kind: 'customer', customerId: 'c1' }),
    freeze('sql', { kind: 'group', customerId: 'c1', group: 'SQL' }),
    freeze('one', { kind: 'server', serverId: 's1' }),
  ],
  oneOff: [],
};

function names(server: Parameters<typeof calendarFor>[1]): string | undefined {
  return calendarFor(CALENDARS, server)
    ?.freezes.map(({ name }) => name)
    .join(' ');
}

test('freezes reach those that they are for, and nobody else', () => {
  assert.equal(names({ serverId: 's1', customerId: 'c1', group: 'SQL' }), 'all contoso sql one');
  assert.equal(names({ serverId: 's2', customerId: 'c1', group: 'SQL' }), 'all contoso sql');
  assert.equal(names({ serverId: 's3', customerId: 'c2', group: 'SQL' }), 'all');
  assert.equal(names({ serverId: 's4' }), 'all');
});

test('servers that are reached alike share one calendar; one with its own hours has them', () => {
  const [first, second] = ['s5', 's6'].map((serverId) => calendarFor(CALENDARS, { serverId, customerId: 'c1' }));
  assert.ok(first && first === second);
  const hours = [{ weekdays: [7], from: 0, minutes: 600 }];
  assert.deepEqual(calendarFor(CALENDARS, { serverId: 's5', customerId: 'c1', hours }), { ...first, hours });
});

test('where nothing reaches a server there is no calendar', () => {
  const none: Calendars = { freezes: CALENDARS.freezes.slice(1), oneOff: [] };
  assert.equal(calendarFor(none, { serverId: 's9', customerId: 'c9' }), undefined);
  assert.equal(calendarFor({ freezes: [], oneOff: [] }, { serverId: 's1', hours: [] }), undefined);
});
