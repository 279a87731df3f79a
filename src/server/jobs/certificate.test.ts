import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { keepCertificate } from '#server/jobs/certificate.ts';
import { temporaryFolder } from '#server/testing/server.ts';
import { clientTls } from '#server/tls/certificate.ts';

test('a certificate that is due is replaced while the listener runs; one that does not read changes nothing', async (t) => {
  const names = ['localhost'];
  const dataDir = temporaryFolder();
  const start = Temporal.Now.instant().subtract({ hours: 24 * 350 });
  const first = await clientTls({ dataDir, names, at: start });
  const server = createServer({ cert: first.certificate, key: first.key }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shown = async (): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: first.root ?? '' });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  let at = start;
  const lines: string[] = [];
  const kept = keepCertificate({
    first,
    read: (now) => clientTls({ dataDir, names, at: now }),
    listeners: [server],
    now: () => at,
    log: { info: (_details: object, line: string) => lines.push(line), warn: () => assert.fail() },
  });
  t.after(() => kept.close());
  await kept.look();
  assert.equal(await shown(), first.fingerprint);
  assert.deepEqual(lines, []);
  at = Temporal.Now.instant();
  await kept.look();
  const renewed = await shown();
  assert.notEqual(renewed, first.fingerprint);
  assert.equal(lines.length, 1);
  await writeFile(join(dataDir, 'tls', 'server.crt'), 'half a file');
  await assert.rejects(kept.look());
  assert.equal(await shown(), renewed);
});

test('a key without its certificate, as a crash leaves it, is replaced at the next start', async () => {
  const dataDir = temporaryFolder();
  const at = Temporal.Now.instant();
  const before = await clientTls({ dataDir, names: ['localhost'], at });
  const other = await clientTls({ dataDir: temporaryFolder(), names: ['localhost'], at });
  await rm(join(dataDir, 'tls', 'server.key'));
  await writeFile(join(dataDir, 'tls', 'server.key'), other.key);
  const after = await clientTls({ dataDir, names: ['localhost'], at });
  assert.notEqual(after.fingerprint, before.fingerprint);
  assert.doesNotThrow(() => createServer({ cert: after.certificate, key: after.key }));
  assert.equal(after.root, before.root);
});
