import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { readSysteminfo } from '#contract/endpoints/systeminfo.ts';
import { addMachines, findMachine } from '#server/store/machines.ts';
import { testService } from './testing/service.ts';

const AT = '2026-01-13T18:00:00Z';

/** What a German console wrote: the labels do not matter, their order does. */
function german(host: string, domain = 'corp.example'): { name: string; base64: string } {
  const head = [
    host,
    'Microsoft Windows Server 2019 Standard',
    '10.0.17763 Nicht zutreffend Build 17763',
    'a',
    'b',
    'c',
  ];
  const machine = ['Jo', '', '1', '03.10.2018', '13.01.2019', 'Contoso', 'Rack 7', 'x64-basierter PC', '1', 'BIOS'];
  const place = [
    'C:',
    'C:',
    'C:',
    'de;Deutsch',
    'de;Deutsch',
    '(UTC+01:00) Z\u0081rich',
    '1',
    '2',
    '3',
    '4',
    '5',
    'C:',
  ];
  const lines = [...head, ...machine, ...place, domain, '\\\\DC1', '1', '1'].map(
    (value, at) => `Feld ${at}:   ${value}`,
  );
  const text = lines.join('\r\n').replace(/(Feld 30:.*)/, '$1\r\n            [01]: KB4462930');
  return { name: `${host}.txt`, base64: Buffer.from(text, 'latin1').toString('base64') };
}

const BROKEN = { name: 'broken.txt', base64: Buffer.from('\nName,OS\n').toString('base64') };

test('shows what files change, and writes it when it is told to', async (t) => {
  const { call, pool } = await testService(t, AT);
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
  await addMachines(pool, customer.customerId, ['sql01'], Temporal.Instant.from(AT));
  const files = [german('SQL01'), german('WEB01')];
  const dry = await call(readSysteminfo, { body: { customer: 'Contoso', files } });
  assert.deepEqual([dry.applied, dry.problems], [false, []]);
  assert.deepEqual(
    dry.servers.map(({ file, name, added, build, hotfixes }) => [file, name, added, build, hotfixes]),
    [
      ['SQL01.txt', 'sql01', false, 17763, ['KB4462930']],
      ['WEB01.txt', 'web01.corp.example', true, 17763, ['KB4462930']],
    ],
  );
  assert.deepEqual(
    dry.servers[0]?.changes.map(({ title, to }) => [title, to]),
    [
      ['Operating system', 'Windows Server 2019 Standard'],
      ['Model', 'Contoso Rack 7'],
    ],
  );
  assert.equal(await findMachine(pool, customer.customerId, 'web01.corp.example'), undefined);
  const done = await call(readSysteminfo, { body: { customer: 'Contoso', files, dryRun: false, who: 'Jo' } });
  assert.equal(done.applied, true);
  const machine = await findMachine(pool, customer.customerId, 'web01.corp.example');
  assert.deepEqual(machine?.profile, { operatingSystem: 'Windows Server 2019 Standard', model: 'Contoso Rack 7' });
  const again = await call(readSysteminfo, { body: { customer: 'Contoso', files } });
  assert.deepEqual(
    again.servers.flatMap(({ changes }) => changes),
    [],
  );
  const { items } = await call(listRecords, { query: { customer: 'Contoso' } });
  assert.deepEqual([items.at(-1)?.what, items.at(-1)?.who], ['inventory.systeminfo', 'Jo']);
});

test('lists files that are not understood with their line, and then writes nothing', async (t) => {
  const { call, pool } = await testService(t, AT);
  const { customer } = await call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/Zurich' } });
  await addMachines(pool, customer.customerId, ['sql01.a.example', 'sql01.b.example'], Temporal.Instant.from(AT));
  const files = [german('WEB01'), BROKEN, { ...german('WEB01'), name: 'again.txt' }, german('SQL01', 'WORKGROUP')];
  const { applied, problems } = await call(readSysteminfo, { body: { customer: 'Contoso', files, dryRun: false } });
  assert.equal(applied, false);
  assert.deepEqual(
    problems.map(({ file, line }) => [file, line]),
    [
      ['broken.txt', 2],
      ['again.txt', 1],
      ['SQL01.txt', 1],
    ],
  );
  assert.match(problems[1]?.message ?? '', /WEB01\.txt/);
  assert.match(problems[2]?.message ?? '', /2 servers/);
  assert.equal(await findMachine(pool, customer.customerId, 'web01.corp.example'), undefined);
});
