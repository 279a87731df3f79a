import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoveredServer, coverage } from '#domain/rollout/coverage.ts';
import { FOUR_WAVES } from '#domain/rollout/shipped-plans.ts';

const OLD = 'Windows Server 2019';
const NEW = 'Windows Server 2022';
const server = (wave: number | undefined, os: string, inventory: CoveredServer['inventory'], takesPart = true) => ({
  wave,
  os,
  inventory,
  takesPart,
});

test('a combination in later waves needs a pilot of the same system, role and stack', () => {
  const found = coverage(FOUR_WAVES, [
    server(0, OLD, { roles: ['iis', 'sql-server'], applications: ['shop', 'crm'] }),
    server(1, OLD, { roles: ['iis'], applications: ['crm', 'shop'] }),
    server(1, NEW, { roles: ['iis'], applications: ['crm', 'shop'] }),
    server(3, NEW, { roles: ['iis'], applications: ['shop', 'crm'] }),
    server(3, OLD, { roles: ['sql-server'] }),
    server(2, OLD, {}),
    server(undefined, NEW, { roles: ['exchange'] }),
  ]);
  assert.deepEqual(found, {
    combinations: 4,
    covered: 1,
    holes: [
      { os: NEW, role: 'iis', applications: ['crm', 'shop'], servers: 2, waves: ['low-risk', 'high-impact'] },
      { os: OLD, role: 'sql-server', applications: [], servers: 1, waves: ['high-impact'] },
      { os: OLD, applications: [], servers: 1, waves: ['critical-infrastructure'] },
    ],
  });
});

test('upper and lower case make no other application, and a pilot that takes no part shows nothing to those that do', () => {
  const covered = (pilotTakesPart: boolean, otherTakesPart: boolean) =>
    coverage(FOUR_WAVES, [
      server(0, OLD, { applications: ['CRM', 'shop'] }, pilotTakesPart),
      server(1, OLD, { applications: ['Shop', 'crm', 'Crm'] }, otherTakesPart),
    ]).covered;
  assert.equal(covered(true, true), 1);
  assert.equal(covered(false, true), 0);
  assert.equal(covered(false, false), 1, 'before the customer is managed');
});

test('of very many holes only the worst are told, and all are counted', () => {
  const servers = Array.from({ length: 1_000 }, (_, place) => server(1, OLD, { applications: [`app${place}`] }));
  const { combinations, covered, holes } = coverage(FOUR_WAVES, [
    ...servers,
    server(1, OLD, { applications: ['app7'] }),
  ]);
  assert.deepEqual([combinations, covered, holes.length, holes[0]?.servers], [1_000, 0, 200, 2]);
});
