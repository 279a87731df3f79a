import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pausesOf } from './pauses-of.ts';

test('a pause covers a server by its scope', () => {
  const server = { serverId: 'id-1', dnsName: 'db1.example', customer: 'Contoso' };
  const pauses = [
    { pauseId: 'all', scope: 'all' },
    { pauseId: 'own customer', scope: 'customer', customer: 'Contoso' },
    { pauseId: 'other customer', scope: 'customer', customer: 'Fabrikam' },
    { pauseId: 'own', scope: 'server', server: 'db1.example' },
    { pauseId: 'other', scope: 'server', server: 'db2.example' },
    { pauseId: 'group', scope: 'group', customer: 'Contoso', group: 'SQL' },
  ] as const;
  const covered = pausesOf(pauses, server).map(({ pauseId }) => pauseId);
  assert.deepEqual(covered, ['all', 'own customer', 'own']);
});
