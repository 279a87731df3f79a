import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { cli, temporaryFolder } from '#cli/testing/cli.ts';

const SCAN = '<s:Envelope xmlns:s="e"><s:Body><SyncUpdates xmlns="u"/></s:Body></s:Envelope>';

it('says how a recording is made', async () => {
  const { status, stdout } = await cli(['record']);
  assert.equal(status, 0);
  assert.match(stdout, /ST_RECORD_DIR=contact\//);
});

it('lists the exchanges of a recording in their order', async (t) => {
  const folder = await temporaryFolder(t);
  for (const [name, status] of [
    ['000002', 500],
    ['000001', 200],
  ] as const) {
    const about = { path: '/ClientWebService/client.asmx', at: '2023-10-12T08:00:00Z', encoding: 'xpress', status };
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'exchange.json'), JSON.stringify(about));
    await writeFile(join(folder, name, 'request.body'), SCAN);
    await writeFile(join(folder, name, 'response.body'), 'x'.repeat(1500));
  }
  const { stdout } = await cli(['record', folder]);
  assert.equal(
    stdout,
    [
      'No      At                 Operation    Status  Encoding   Request  Answer',
      '000001  2023-10-12 08:00Z  SyncUpdates     200  xpress    78 bytes  1.5 KB',
      '000002  2023-10-12 08:00Z  SyncUpdates     500  xpress    78 bytes  1.5 KB',
      '2 exchanges',
      '',
    ].join('\n'),
  );
});

it('names a folder that is no recording', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, '000001'));
  const { status, stderr } = await cli(['record', folder]);
  assert.equal(status, 2);
  assert.match(stderr, /000001: cannot be read: there is no such/);
});
