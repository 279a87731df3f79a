import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { factsOver, update, word } from '#domain/decide/testing.ts';
import { addGateEvents } from '#server/store/campaigns/gate-events.ts';
import { addTestResult, countTestsOfUpdates, listTestsOfUpdate } from '#server/store/campaigns/test-results.ts';
import { AFTER, BEFORE, CUMULATIVE, campaignFleet, LATER, LEAD, NEXT_LEAD, twoWaves, WINDOW } from './testing/fleet.ts';

test('what is approved and needed goes to the pilot first, and on when its gate has passed', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const pilot = await fleet.add('pilot1', { environment: 'test' });
  const web = await fleet.add('web1');
  for (const serverId of [pilot, web]) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);

  await fleet.sweep(BEFORE);
  assert.equal((await fleet.turn(pilot))?.held?.code, 'wave.not-its-turn');
  assert.equal((await fleet.turn(web))?.held?.code, 'wave.not-open');
  assert.equal((await fleet.turn(web))?.label, '2023-10 #1');

  await fleet.sweep(LEAD);
  const turn = await fleet.turn(pilot);
  assert.equal(turn?.state, 'told');
  assert.equal(String(turn?.windowStart), '2023-10-22T00:00:00Z');
  assert.match((await fleet.turn(web))?.held?.text ?? '', /waits for the gate of "Pilot": 0 of 1 verified/);

  await fleet.installs(pilot, CUMULATIVE, WINDOW);
  await fleet.sweep(WINDOW);
  assert.equal((await fleet.turn(pilot))?.state, 'verified');
  assert.equal(
    (await fleet.turn(web))?.held?.code,
    'wave.not-its-turn',
    'too late for this window without the settings task',
  );
  await fleet.says(web, CUMULATIVE, 'needed', NEXT_LEAD);
  await fleet.sweep(NEXT_LEAD);
  assert.equal(String((await fleet.turn(web))?.windowStart), '2023-10-29T00:00:00Z');
});

test('a second sweep at one instant changes nothing', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  for (const n of [1, 2, 3])
    await fleet.says(await fleet.add(`pilot${n}`, { environment: 'test' }), CUMULATIVE, 'needed', BEFORE);
  const everything = async () => {
    const rows = [];
    for (const table of ['campaign', 'campaign_wave', 'campaign_server', 'campaign_update', 'gate_event', 'record'])
      rows.push((await fleet.pool.query(`select xmin, t.* from ${table} t order by ctid`)).rows);
    return JSON.stringify(rows);
  };
  await fleet.sweep(LEAD);
  await fleet.sweep(LEAD); // looks overlap: what was heard at the instant of the first is looked at once more
  const before = await everything();
  await fleet.sweep(LEAD.add({ minutes: 5 }));
  assert.equal(await everything(), before);
});

test('a failure stops the campaign: also those that were told are held', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [one, two] = [
    await fleet.add('pilot1', { environment: 'test' }),
    await fleet.add('pilot2', { environment: 'test' }),
  ];
  for (const serverId of [one, two]) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(LEAD);
  await fleet.says(one, CUMULATIVE, 'failed', WINDOW);
  await fleet.sweep(WINDOW);
  assert.equal((await fleet.turn(one))?.state, 'failed');
  const turn = await fleet.turn(two);
  assert.equal(turn?.state, 'told');
  assert.equal(turn?.held?.code, 'wave.stopped');
  assert.match(turn?.held?.text ?? '', /1 failed, 0 allowed/);
});

test('nobody waits for an update that a person declined', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [pilot, web] = [await fleet.add('pilot1', { environment: 'test' }), await fleet.add('web1')];
  for (const serverId of [pilot, web]) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(BEFORE);
  const declined = new Map([[CUMULATIVE.updateId, [word('decline')]]]);
  fleet.setFacts(factsOver([CUMULATIVE, LATER], { persons: declined }));
  for (const serverId of [pilot, web]) await fleet.says(serverId, CUMULATIVE, 'needed', LEAD);
  await fleet.sweep(LEAD);
  const { rows } = await fleet.pool.query('select state from campaign');
  assert.deepEqual(rows, [{ state: 'finished' }]);
});

test('what is approved while the pilot is open joins the set; later, another campaign', async (t) => {
  const fleet = await campaignFleet(t, twoWaves());
  const [pilot, web] = [await fleet.add('pilot1', { environment: 'test' }), await fleet.add('web1')];
  for (const serverId of [pilot, web]) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(BEFORE);
  await fleet.says(web, LATER, 'needed', BEFORE);
  await fleet.sweep(BEFORE.add({ minutes: 20 }));
  const sets = async () => {
    const { rows } = await fleet.pool.query<{ name: string; updates: number }>(
      `select cycle || ' #' || number as name, (select count(*)::int from campaign_update u where u.campaign_id = c.campaign_id) as updates
       from campaign c order by number`,
    );
    return rows.map(({ name, updates }) => [name, updates]);
  };
  assert.deepEqual(await sets(), [['2023-10 #1', 2]]);
  await fleet.installs(pilot, CUMULATIVE, LEAD);
  await fleet.sweep(LEAD);
  const third = update(3);
  fleet.setFacts(factsOver([CUMULATIVE, LATER, third]));
  await fleet.says(web, third, 'needed', LEAD);
  await fleet.sweep(LEAD);
  assert.deepEqual(await sets(), [
    ['2023-10 #1', 2],
    ['2023-10 #2', 1],
  ]);
});

test('a new revision with other files has to show anew what the old one did; with the same files it need not', async (t) => {
  const fleet = await campaignFleet(t, twoWaves({ soakHours: 100 }));
  const pilot = await fleet.add('pilot1', { environment: 'test' });
  await fleet.says(pilot, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(LEAD);
  await fleet.installs(pilot, CUMULATIVE, WINDOW);
  await fleet.sweep(WINDOW);
  const set = async () => (await fleet.pool.query('select revision_number as revision from campaign_update')).rows;
  const reissued = { ...CUMULATIVE, revisionId: 11, revisionNumber: 201 };
  fleet.setFacts(factsOver([CUMULATIVE, reissued]));
  await fleet.sweep(WINDOW.add({ minutes: 20 }));
  assert.deepEqual(await set(), [{ revision: 201 }]);
  assert.equal((await fleet.turn(pilot))?.state, 'verified');
  const files = [{ sha1: 'f'.repeat(40), name: 'update.cab', size: 11 }];
  fleet.setFacts(factsOver([CUMULATIVE, reissued, { ...reissued, revisionId: 12, revisionNumber: 202, files }]));
  await fleet.sweep(AFTER);
  assert.deepEqual(await set(), [{ revision: 202 }]);
  assert.equal((await fleet.turn(pilot))?.state, 'waiting');
});

test("an owner's word and a go are for the set as it was: what joins later is asked for anew", async (t) => {
  const fleet = await campaignFleet(t, twoWaves({ ownerTest: 'one', go: true }));
  const [pilot, web] = [await fleet.add('pilot1', { environment: 'test' }), await fleet.add('web1')];
  for (const serverId of [pilot, web]) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(BEFORE);
  const { rows } = await fleet.pool.query<{ id: string }>('select campaign_id as id from campaign');
  const campaignId = rows[0]?.id ?? '';
  const peopleSay = async (at: Temporal.Instant) => {
    const said = { campaignId, wave: 0, who: 'jo', at } as const;
    const word = { testResultId: randomUUID(), owner: 'Web team', builds: [17763], note: 'all pages load' };
    await addTestResult(fleet.pool, { ...said, ...word, result: 'worked' });
    await addGateEvents(fleet.pool, [{ ...said, gateEventId: randomUUID(), kind: 'go', token: 'jo', details: {} }]);
  };
  await peopleSay(BEFORE.add({ hours: 1 }));
  await fleet.says(web, LATER, 'needed', LEAD);
  await fleet.sweep(LEAD);
  await fleet.installs(pilot, CUMULATIVE, WINDOW);
  await fleet.sweep(WINDOW);
  const gate = async () =>
    (await fleet.pool.query("select state, verdict ->> 'line' as line from campaign_wave where wave = 0")).rows[0];
  assert.deepEqual(await gate(), {
    state: 'open',
    line: "1 of 1 verified, no owner says yet that it works, a person's go is missing",
  });
  assert.deepEqual(await listTestsOfUpdate(fleet.pool, LATER.updateId, 10), [], 'nobody tested it yet');
  const counts = await countTestsOfUpdates(fleet.pool, [CUMULATIVE.updateId, LATER.updateId], undefined, WINDOW);
  assert.deepEqual([...counts.keys()], [CUMULATIVE.updateId]);
  await peopleSay(WINDOW);
  await fleet.sweep(WINDOW);
  assert.equal((await gate()).state, 'passed');
});

test('a gate that waits for too long asks those whom it names, once', async (t) => {
  const gate = {
    timeoutHours: 24,
    tell: ['ops@example.com'],
    escalation: { afterHours: 24, to: ['boss@example.com'] },
  };
  const fleet = await campaignFleet(t, twoWaves(gate));
  await fleet.says(await fleet.add('pilot1', { environment: 'test' }), CUMULATIVE, 'needed', BEFORE);
  for (const hours of [0, 23, 25, 26, 49, 50]) await fleet.sweep(BEFORE.add({ hours }));
  const { rows } = await fleet.pool.query('select kind, recipient, subject from notice order by at');
  assert.deepEqual(rows, [
    {
      kind: 'gate',
      recipient: 'ops@example.com',
      subject: 'Customer 1: 2023-10 #1, gate of "Pilot" waits for longer than planned',
    },
    {
      kind: 'gate',
      recipient: 'boss@example.com',
      subject: 'Customer 1: 2023-10 #1, gate of "Pilot" still waits, and nobody has acted',
    },
  ]);
});

test('without a rollout plan, members of a group still go one after the other', async (t) => {
  const fleet = await campaignFleet(t);
  const inventory = { roles: ['domain-controller'] as const };
  const dcs = [await fleet.add('dc1.corp.example', inventory), await fleet.add('dc2.corp.example', inventory)];
  for (const serverId of dcs) await fleet.says(serverId, CUMULATIVE, 'needed', BEFORE);
  await fleet.sweep(LEAD);
  const [first, second] = [await fleet.turn(dcs[0] ?? ''), await fleet.turn(dcs[1] ?? '')];
  assert.equal(first?.state, 'told');
  assert.equal(second?.held?.code, 'order.group');
  await fleet.installs(dcs[0] ?? '', CUMULATIVE, WINDOW);
  await fleet.sweep(AFTER);
  await fleet.says(dcs[1] ?? '', CUMULATIVE, 'needed', NEXT_LEAD);
  await fleet.sweep(NEXT_LEAD);
  assert.equal((await fleet.turn(dcs[1] ?? ''))?.state, 'told');
});
