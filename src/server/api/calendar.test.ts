import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import ICAL from 'ical.js';
import type { EndpointCall } from '#contract/endpoint.ts';
import {
  addFreeze,
  addWindow,
  calendarFeed,
  importCalendar,
  liftFreeze,
  liftWindow,
  listCalendarConflicts,
  listFreezes,
  listWindows,
} from '#contract/endpoints/calendar.ts';
import { addCustomer, changeServer, putPlan } from '#contract/endpoints/fleet.ts';
import { setKindPlan } from '#contract/endpoints/kinds.ts';
import { addWork } from '#contract/endpoints/planned-work.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { sketchServer } from './testing/fleet.ts';
import { testService } from './testing/service.ts';

const AT = '2023-10-15T12:00:00Z';

/** A customer with two servers on the default plan, one of them in the group SQL. */
async function fleet(t: TestContext) {
  const service = await testService(t, AT);
  const { customer } = await service.call(addCustomer, {
    body: { name: 'Contoso', zone: 'Europe/London', plan: 'default', mode: 'managed' },
  });
  const { customerId } = customer;
  const web = await sketchServer(service, { dnsName: 'web1.contoso.example', customerId });
  const sql = await sketchServer(service, { dnsName: 'sql1.contoso.example', customerId });
  await service.call(changeServer, { params: { server: sql }, body: { group: 'SQL' } });
  return { ...service, customerId, web, sql };
}

test('a freeze tells what it takes away, is kept with its record, decides at once, and is lifted', async (t) => {
  const { call, keeper } = await fleet(t);
  const rule = { kind: 'dates', from: '2023-10-20', to: '2023-10-31' } as const;
  const body = { scope: 'customer', customer: 'Contoso', name: 'Launch', rule, why: 'the launch' } as const;
  const dry = await call(addFreeze, { body: { ...body, dryRun: true } });
  assert.equal(dry.freezeId, undefined);
  assert.equal((await call(listFreezes)).items.length, 0);
  assert.equal(dry.lateServers, 2);
  assert.deepEqual(
    dry.late.map(({ count, windows, next }) => [count, windows.map(({ local }) => local), next.local]),
    [[2, ['Sunday 2023-10-22 02:00', 'Sunday 2023-10-29 02:00'], 'Sunday 2023-11-05 02:00']],
  );
  const kept = await call(addFreeze, { body });
  assert.equal(kept.words, '2023-10-20 to 2023-10-31');
  assert.equal(keeper.directory().calendars.freezes.length, 1);
  const [listed] = (await call(listFreezes, { query: { state: 'in-force' } })).items;
  assert.deepEqual([listed?.freezeId, listed?.source, listed?.customer], [kept.freezeId, 'person', 'Contoso']);
  const params = { freeze: kept.freezeId ?? '' };
  await call(liftFreeze, { params, query: { why: 'moved to spring' } });
  assert.equal(keeper.directory().calendars.freezes.length, 0);
  assert.equal((await call(listFreezes, { query: { state: 'past' } })).items[0]?.lifted?.who, 'admin');
  await assert.rejects(call(liftFreeze, { params, query: { why: 'again' } }), { code: 'not-found' });
});

test('a freeze that comes again warns when it takes the release window three cycles in a row', async (t) => {
  const service = await fleet(t);
  const { call } = service;
  await call(putPlan, { params: { plan: 'month-end' }, query: {}, body: { releaseWeek: 3, weekday: 2 } });
  const { customer } = await call(addCustomer, {
    body: { name: 'Fabrikam', zone: 'UTC', plan: 'month-end', mode: 'managed' },
  });
  await sketchServer(service, { dnsName: 'db1.fabrikam.example', customerId: customer.customerId });
  const rule = { kind: 'month-end', lastDays: 4, firstDays: 5 } as const;
  const { warnings, late } = await call(addFreeze, {
    body: { scope: 'all', name: 'Month end', rule, why: 'the books are closed', dryRun: true },
  });
  assert.deepEqual(late.map(({ plan }) => plan).sort(), ['default', 'month-end']);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? '',
    /^month-end, UTC \(1 server\): The release window of the cycles 2023-10, 2023-11, .*not held \(Month end\)/,
  );
});

test('a freeze for a group that no server is in says so', async (t) => {
  const { call } = await fleet(t);
  const rule = { kind: 'dates', from: '2023-10-20', to: '2023-10-31' } as const;
  const body = { scope: 'group', customer: 'Contoso', group: 'SQLL', name: 'Launch', rule, why: 'the launch' } as const;
  assert.deepEqual((await call(addFreeze, { body: { ...body, group: 'SQL', dryRun: true } })).warnings, []);
  assert.match((await call(addFreeze, { body })).warnings.join(' '), /reaches no managed server/);
});

test('what was frozen already is not taken away again, and is not where windows move to', async (t) => {
  const { call } = await fleet(t);
  const add = (name: string, from: string, to: string) =>
    call(addFreeze, {
      body: { scope: 'customer', customer: 'Contoso', name, rule: { kind: 'dates', from, to }, why: 'for a test' },
    });
  await add('Fair', '2023-10-29', '2023-10-29');
  const { late } = await add('Launch', '2023-10-22', '2023-10-29');
  assert.deepEqual(
    late.map(({ count, next }) => [count, next.local]),
    [[1, 'Sunday 2023-11-05 02:00']],
  );
  const rule = { kind: 'dates', from: '2023-10-15', to: '2023-10-22' } as const;
  const single = await call(addFreeze, {
    body: { scope: 'server', server: 'web1.contoso.example', name: 'One', rule, why: 'for a test', dryRun: true },
  });
  assert.equal(single.lateServers, 0);
});

test('a freeze is in force until its last day is over in every zone', async (t) => {
  const { call, clock } = await fleet(t);
  const rule = { kind: 'dates', from: '2023-10-16', to: '2023-10-16' } as const;
  await call(addFreeze, { body: { scope: 'customer', customer: 'Contoso', name: 'Fair', rule, why: 'the fair' } });
  const states = async (at: string) => {
    clock.moveTo(Temporal.Instant.from(at));
    const { items } = await call(listFreezes, { query: { state: 'past' } });
    return items.map(({ state }) => state);
  };
  assert.deepEqual(await states('2023-10-17T11:59:00Z'), []);
  assert.deepEqual(await states('2023-10-17T12:01:00Z'), ['past']);
});

test('rules that cannot be are refused by field', async (t) => {
  const { call } = await fleet(t);
  const add = (rule: NonNullable<EndpointCall<typeof addFreeze>['body']>['rule']) =>
    call(addFreeze, { body: { scope: 'all', name: 'x', rule, why: 'for a test' } });
  await assert.rejects(add({ kind: 'dates', from: '2023-11-02', to: '2023-11-01' }), /rule.to: must be after/);
  await assert.rejects(add({ kind: 'dates', from: '2022-11-01', to: '2022-11-02' }), /it ended at/);
  await assert.rejects(
    add({ kind: 'once', start: '9999-12-31T20:00:00Z', end: '9999-12-31T23:00:00-12:00' }),
    /rule.end: must not be after the year 9998/,
  );
  await assert.rejects(add({ kind: 'month-end', lastDays: 0, firstDays: 0 }), /rule.lastDays/);
  await assert.rejects(add({ kind: 'yearly', from: '01-01', to: '12-31' }), /rule.to: must be at most 200 days/);
  await assert.rejects(add({ kind: 'yearly', from: '02-30', to: '03-01' }), { code: 'usage.wrong' });
});

test('a one-off window is held for whom it reaches, warns when frozen, and is taken back', async (t) => {
  const { call, keeper } = await fleet(t);
  const times = { start: '2023-10-18T20:00:00Z', end: '2023-10-18T23:00:00Z' };
  const body = { scope: 'group', customer: 'Contoso', group: 'SQL', ...times, why: 'a fix that cannot wait' } as const;
  const kept = await call(addWindow, { body });
  assert.equal(kept.servers, 1);
  assert.match(kept.rule, /freeze beats a one-off window/);
  assert.equal(keeper.directory().calendars.oneOff.length, 1);
  const rule = { kind: 'dates', from: '2023-10-18', to: '2023-10-18' } as const;
  await call(addFreeze, { body: { scope: 'customer', customer: 'Contoso', name: 'Fair', rule, why: 'the fair' } });
  const again = await call(addWindow, { body: { ...body, dryRun: true } });
  assert.match(again.warnings[0] ?? '', /The one-off window is not held: the freeze "Fair"/);
  await call(liftWindow, { params: { window: kept.windowId ?? '' }, query: { why: 'not needed' } });
  assert.deepEqual((await call(listWindows, { query: { state: 'in-force' } })).items, []);
  const bad = { ...body, end: '2023-10-18T20:30:00Z' };
  await assert.rejects(call(addWindow, { body: bad }), /open for 1 to 72 hours/);
  await assert.rejects(call(addWindow, { body: { ...body, scope: 'all' } }), { code: 'usage.wrong' });
});

function ics(...events: (readonly string[])[]): string {
  const lines = events.flatMap((event) => ['BEGIN:VEVENT', ...event, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

test('a calendar is imported, brought up to date by UID, and never by halves', async (t) => {
  const { call, keeper } = await fleet(t);
  const christmas = ['UID:1', 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20231224', 'DTEND;VALUE=DATE:20231227'];
  const fair = ['UID:2', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20231101'];
  const take = (text: string, dryRun = false) =>
    call(importCalendar, {
      body: { name: 'holidays', customer: 'Contoso', ics: text, dryRun, why: 'the calendar of the year' },
    });
  const names = (): string[] =>
    keeper
      .directory()
      .calendars.freezes.map(({ name }) => name)
      .sort();
  const first = await take(ics(christmas, fair));
  assert.deepEqual([first.added, first.changed, first.lifted, first.kept], [2, 0, 0, true]);
  assert.deepEqual(names(), ['Christmas', 'Fair']);
  const moved = ['UID:1', 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20231223', 'DTEND;VALUE=DATE:20231227'];
  const show = await take(ics(moved), true);
  assert.deepEqual([show.changed, show.lifted, show.kept], [1, 1, false]);
  assert.deepEqual(names(), ['Christmas', 'Fair']);
  await assert.rejects(
    take(ics(moved, ['UID:3', 'DTSTART:nonsense'])),
    (error: { code: string; details: string[] }) => {
      assert.equal(error.code, 'calendar.invalid');
      assert.deepEqual(error.details.length, 1);
      assert.match(error.details[0] ?? '', /^line 11: /);
      return true;
    },
  );
  assert.deepEqual(names(), ['Christmas', 'Fair']);
  const second = await take(ics(moved));
  assert.deepEqual([second.added, second.changed, second.lifted, second.unchanged], [0, 1, 1, 0]);
  assert.deepEqual(names(), ['Christmas']);
  const third = await take(ics(moved));
  assert.deepEqual([third.added, third.changed, third.lifted, third.unchanged], [0, 0, 0, 1]);
  const { items } = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.equal(items.filter(({ what }) => what === 'calendar.imported').length, 3);
});

test('two imports of one calendar at once leave one copy', async (t) => {
  const { call, keeper } = await fleet(t);
  const text = ics(['UID:1', 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20231224']);
  const body = { name: 'holidays', customer: 'Contoso', ics: text, why: 'at the same time' };
  await Promise.all([1, 2, 3].map(() => call(importCalendar, { body })));
  await keeper.refresh();
  assert.equal(keeper.directory().calendars.freezes.length, 1);
});

test('conflicts are listed by server, with what to do, over pages', async (t) => {
  const { call, pool, customerId, web, sql } = await fleet(t);
  assert.deepEqual((await call(listCalendarConflicts)).items, []);
  const slot = { weekdays: [7], from: 60, minutes: 120 };
  for (const [serverId, name] of [
    [web, 'web1.contoso.example'],
    [sql, 'sql1.contoso.example'],
  ])
    await pool.query(
      `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at)
       values ($3, $1, $2, $3, $4, $5, $5)`,
      [customerId, name, serverId, { backup: { slot } }, AT],
    );
  const first = await call(listCalendarConflicts, { query: { limit: 1, customer: 'Contoso' } });
  assert.deepEqual(
    first.items.map(({ dnsName, conflicts }) => [dnsName, conflicts.map(({ code }) => code)]),
    [['sql1.contoso.example', ['backup']]],
  );
  assert.match(first.items[0]?.conflicts[0]?.advice ?? '', /before the window/);
  const second = await call(listCalendarConflicts, {
    query: { limit: 1, ...(first.next ? { after: first.next } : {}) },
  });
  assert.deepEqual([second.items.map(({ dnsName }) => dnsName), second.next], [['web1.contoso.example'], undefined]);
});

test('the feed has windows and freezes, reads back, and its address can be changed', async (t) => {
  const { app, call } = await fleet(t);
  const rule = { kind: 'dates', from: '2023-10-20', to: '2023-10-31' } as const;
  const name = 'Launch; "the big one", at last: a name that is longer than one line of a calendar can be';
  await call(addFreeze, { body: { scope: 'customer', customer: 'Contoso', name, rule, why: 'the launch' } });
  await call(addWork, {
    body: {
      ...{ scope: 'group', customer: 'Contoso', group: 'SQL', kind: 'firmware', title: 'Disk firmware' },
      ...{ tool: 'vendor tool', minutes: 30, restarts: true },
    },
  });
  const { path } = await call(calendarFeed, { params: { customer: 'Contoso' }, body: {} });
  const answer = await app.inject({ url: path });
  assert.equal(answer.statusCode, 200);
  assert.match(String(answer.headers['content-type']), /^text\/calendar/);
  for (const line of answer.body.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  const events = new ICAL.Component(ICAL.parse(answer.body)).getAllSubcomponents('vevent');
  const told = events.map((one) => {
    const event = new ICAL.Event(one);
    return `${event.summary} ${event.startDate} ${event.endDate}`;
  });
  assert.equal(told[0], `Patching freeze: ${name} 2023-10-20 2023-11-01`);
  assert.equal(told[1], 'Patching: default (2 servers) 2023-11-05T02:00:00Z 2023-11-05T06:00:00Z');
  assert.equal(told.length, 1 + 6 + 1);
  assert.equal(told.at(-1), 'Disk firmware (1 server) 2023-11-05T03:30:00Z 2023-11-05T04:00:00Z');
  const again = await app.inject({ url: path, headers: { 'if-none-match': String(answer.headers.etag) } });
  assert.equal(again.statusCode, 304);
  const next = await call(calendarFeed, { params: { customer: 'Contoso' }, body: {} });
  assert.equal((await app.inject({ url: path })).statusCode, 404);
  assert.equal((await app.inject({ url: next.path })).statusCode, 200);
  assert.equal((await app.inject({ url: '/calendar/nothing.ics' })).statusCode, 404);
});

test('the plan of a kind of patching has its windows in the feed, and its conflicts are told', async (t) => {
  const { app, call, pool, customerId, web } = await fleet(t);
  await call(putPlan, { params: { plan: 'drivers' }, query: {}, body: { weekday: 3, hour: 22, followUp: false } });
  for (const kind of ['drivers', 'firmware'] as const)
    await call(setKindPlan, { params: { kind }, body: { customer: 'Contoso', plan: 'drivers' } });
  const { path } = await call(calendarFeed, { params: { customer: 'Contoso' }, body: {} });
  const { body } = await app.inject({ url: path });
  assert.equal(body.match(/SUMMARY:Patching: default \(2 servers\)/g)?.length, 8);
  assert.equal(body.match(/SUMMARY:Patching: drivers \(2 servers\)/g)?.length, 2);
  await call(setKindPlan, { params: { kind: 'firmware' }, body: { customer: 'Contoso', plan: null } });
  const profile = { backup: { slot: { weekdays: [3], from: 23 * 60, minutes: 60 } } };
  await pool.query(
    `insert into machine (machine_id, customer_id, name, server_id, profile, added_at, changed_at)
     values ($2, $1, 'web1.contoso.example', $2, $3, $4, $4)`,
    [customerId, web, profile, AT],
  );
  const { items } = await call(listCalendarConflicts);
  assert.deepEqual(
    items.map(({ dnsName, conflicts }) => [dnsName, conflicts.map(({ code }) => code)]),
    [['web1.contoso.example', ['backup']]],
  );
  assert.match(items[0]?.conflicts[0]?.text ?? '', /^Plan "drivers" for drivers: .* meet its backup slot/);
});
