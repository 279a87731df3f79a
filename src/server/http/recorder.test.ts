import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutSecrets } from '#server/http/recorder.ts';
import { AFTER_PATCH_TUESDAY as AT, clientService } from '#server/testing/client-service.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { createHttpClient } from '#simulator/agent/http-client.ts';
import { createPolicy } from '#simulator/agent/policy.ts';
import { createVirtualServer } from '#simulator/agent/virtual-server.ts';
import { replay } from '#simulator/replay/replay.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';
import { sampleServer } from '#simulator/sample/sample-server.ts';

const NAME = 'secret-host.example.com';

test('a recorded conversation has no secrets, and played again it finds no difference', async (t) => {
  const recordDir = join(temporaryFolder(), 'recording');
  const documents = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 }).documents;
  const service = await clientService(t, { documents, recordDir });
  const { token } = await service.addCustomer(1);
  const http = createHttpClient();
  t.after(() => http.close());
  const clientId = 'a1a1a1a1-0000-4000-8000-000000000001';
  const server = createVirtualServer({
    identity: { clientId, dnsName: NAME, zone: 'Europe/Zurich' },
    policy: createPolicy(`${service.url}/${token}`),
    machine: sampleServer('2019'),
    http,
    start: AT,
  });
  for (let steps = 0; steps < 40; steps++) {
    const at = server.nextEvent();
    service.moveTo(at);
    await server.step(at);
    if (Temporal.Instant.compare(at, AT.add({ hours: 30 })) > 0) break;
  }
  await service.restart(); // what was noted is on disk
  const names = readdirSync(recordDir).sort();
  assert.ok(names.length >= 10, names.join());
  const text = names
    .flatMap((name) => ['exchange.json', 'request.body', 'response.body'].map((file) => join(recordDir, name, file)))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  assert.ok(!text.includes(token) && !text.includes(NAME) && !text.includes('secret-host'));
  const cookies = [...text.matchAll(/<(?:EncryptedData|CookieData)>([^<]*)</g)];
  assert.ok(cookies.length > 10);
  assert.ok(cookies.every(([, blob]) => /^A*$/.test(blob ?? '')));
  assert.match(text, /<SyncUpdates /);
  assert.match(text, /<ReportEventBatch /);

  const lines: string[] = [];
  const results = await replay({
    folder: recordDir,
    url: `${service.url}/${token}`,
    fetch,
    print: (line) => lines.push(line),
    signal: AbortSignal.timeout(60_000),
  });
  assert.equal(results.length, names.length);
  assert.deepEqual(
    results.filter(({ difference }) => difference),
    [],
  );
  assert.equal(lines.length, names.length);
});

test('secrets go whatever the prefixes, attributes and spaces around them', () => {
  const clean = withoutSecrets(
    `<a:EncryptedData xmlns:a="urn:x">c2VjcmV0</a:EncryptedData><CookieData>\nc2Vj</CookieData>` +
      `<dnsName>host.example.com</dnsName><x:DnsName>host</x:DnsName><targetGroupName>st-abc;B</targetGroupName>` +
      `<Url>https://msupdate.example.com:8531/st-0a1b/Content/AA/x.cab</Url>` +
      `<DeviceAttributes>A=1;UpdateServiceUrl=https://msupdate.example.com:8531/st-0a1b;VBSState=0;</DeviceAttributes>`,
  );
  assert.ok(!/c2V|host\b|st-/.test(clean), clean);
  assert.match(clean, /:8531\/TOKEN;VBSState/);
  assert.match(clean, /<Url>https:\/\/msupdate\.example\.com:8531\/TOKEN\/Content/);
});
