import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pruneDeploymentSets } from '#server/store/deployment-sets.ts';
import { clientService } from '#server/testing/client-service.ts';
import { enrol, identity, scan } from '#server/testing/wire-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

/** Nothing comes out and nothing grows too old on these days: the set stays the same. */
const AT = Temporal.Instant.from('2023-11-20T00:00:00Z');
const DOCUMENTS = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;

test('a set that goes on being told is never taken for a forgotten one, nor missed when it was', async (t) => {
  const service = await clientService(t, { at: AT, documents: DOCUMENTS });
  const lastUsed = async (): Promise<string[]> => {
    const { rows } = await service.pool.query<{ at: Temporal.Instant }>('select last_used as at from deployment_set');
    return rows.map(({ at }) => at.toString());
  };
  await scan(await enrol(service.url, identity(1), AT));
  assert.deepEqual(await lastUsed(), [AT.toString()]);
  service.moveTo(AT.add({ hours: 23 }));
  await scan(await enrol(service.url, identity(1), service.now()));
  assert.deepEqual(await lastUsed(), [AT.toString()], 'not with every scan');
  service.moveTo(AT.add({ hours: 25 }));
  await scan(await enrol(service.url, identity(1), service.now()));
  assert.deepEqual(await lastUsed(), [service.now().toString()]);
  await service.restart();
  service.moveTo(AT.add({ hours: 50 }));
  const before = await scan(await enrol(service.url, identity(1), service.now()));
  assert.deepEqual(await lastUsed(), [service.now().toString()], 'nor by a process that only read it');

  // Forgotten all the same, and by a process that no longer knows it: the same facts make the same set again.
  await pruneDeploymentSets(service.pool, service.now().add({ hours: 1 }), 10);
  await service.restart();
  const again = await scan({ base: service.url, clientId: identity(1).clientId, cookie: before.cookie }, before);
  assert.deepEqual([again.newIds, again.changed, again.outOfScope], [[], [], []]);
  assert.equal((await lastUsed()).length, 1);
});
