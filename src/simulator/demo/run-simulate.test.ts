import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listServers } from '#contract/endpoints/fleet.ts';
import { sampleCatalogue } from '../sample/sample-catalogue.ts';
import { demoService } from './demo-service.ts';
import { runSimulate } from './run-simulate.ts';
import { startServiceProcess } from './service-process.ts';
import { importPublished } from './story-setup.ts';

it('virtual servers speak to a running service, whose clock they move', async () => {
  const start = Temporal.Instant.from('2023-10-11T00:00:30Z');
  const running = await startServiceProcess(start);
  const service = demoService(running);
  try {
    await importPublished(service, sampleCatalogue({ from: '2023-10', to: '2023-10' }), undefined, start);
    const printed: string[] = [];
    const told: string[] = [];
    const status = await runSimulate(
      { url: running.wuServer, servers: 3, os: '2022', days: 2, json: true },
      {
        stdout: { write: (text) => printed.push(text) },
        stderr: { write: (text) => told.push(text) },
        env: { ST_URL: running.consoleUrl, ST_DATA_DIR: running.dataDir },
        fetch,
      },
    );
    assert.equal(status, 0);
    const counts: unknown = JSON.parse(printed.join(''));
    assert.ok(typeof counts === 'object' && counts !== null && 'scans' in counts && Number(counts.scans) >= 6);
    assert.match(told.join(''), /2023-10-13T00:01:00Z .*0 failed/);
    const servers = await service.api.call(listServers);
    assert.equal(servers.items.length, 3);
    assert.ok(servers.items.every(({ mode, tally }) => mode === 'unassigned' && tally.needed > 0));
  } finally {
    service.http.close();
    await running.stop();
  }
});
