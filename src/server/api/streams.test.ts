import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { ENDPOINTS } from '#contract/api.ts';
import type { Endpoint } from '#contract/endpoint.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { listRecords } from '#contract/endpoints/service.ts';
import { TOKEN, testService } from './testing/service.ts';

test('a backup streams everything, and the record says who took it', async (t) => {
  const { app, call } = await testService(t, '2023-10-09T00:00:00Z');
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Etc/UTC' } });
  const answer = await app.inject({ url: '/api/v1/backup', headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'application/zstd');
  const content = zstdDecompressSync(answer.rawPayload).toString('latin1');
  assert.match(content, /Contoso/);
  assert.match(content, /"clock":"simulated"/);
  const { items } = await call(listRecords);
  assert.deepEqual(items.at(-1)?.what, 'backup.taken');
});

test('the OpenAPI document has every endpoint, parameter and answer, and points at nothing that is not there', async (t) => {
  const { app } = await testService(t, '2023-10-09T00:00:00Z');
  const document = (await app.inject('/api/v1/openapi.json')).json();
  assert.equal(document.openapi, '3.1.0');
  const operations = new Set<string>();
  for (const { method, path, params, body } of Object.values<Endpoint>(ENDPOINTS)) {
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    assert.ok(operation, `${method} ${path}`);
    operations.add(operation.operationId);
    assert.equal(operation.responses[200].content['application/json'].schema.type, 'object', path);
    assert.equal(Boolean(operation.requestBody), Boolean(body), path);
    const named = (operation.parameters ?? []).filter((one: { in: string }) => one.in === 'path');
    const inPath = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    assert.deepEqual(named.map((one: { name: string }) => one.name).sort(), inPath.sort());
    assert.equal(Boolean(params), inPath.length > 0);
  }
  assert.equal(operations.size, Object.keys(ENDPOINTS).length);
  assert.ok(
    document.paths['/content/{sha1}'].put && document.paths['/backup'].get && document.paths['/openapi.json'].get,
  );
  assert.ok(document.components.schemas.Error.properties.error.properties.code.enum.includes('service.failed'));
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let found = document;
    for (const key of pointer.split('/')) found = found?.[key];
    assert.ok(found, pointer);
  }
});
