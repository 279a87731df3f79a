import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { connect, createServer } from 'node:tls';
import { clientTls } from '#server/tls/certificate.ts';

const at = Temporal.Now.instant(); // certificates are judged by the machine's clock

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tls-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

it('makes an authority whose certificate a client accepts for every name', async (t) => {
  const tls = await clientTls({ dataDir: await folder(t), names: ['patch.example.com', '127.0.0.1'], at });
  const server = createServer({ cert: tls.certificate, key: tls.key }, (socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  for (const servername of ['patch.example.com', undefined]) {
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      ca: tls.root ?? '',
      ...(servername ? { servername } : {}),
    });
    await once(socket, 'secureConnect');
    assert.equal(socket.authorized, true);
    socket.destroy();
  }
});

it('keeps the authority and the certificate over starts, and renews only the certificate', async (t) => {
  const dataDir = await folder(t);
  const first = await clientTls({ dataDir, names: ['a.example.com'], at });
  const again = await clientTls({ dataDir, names: ['a.example.com'], at });
  assert.equal(again.fingerprint, first.fingerprint);
  const renamed = await clientTls({ dataDir, names: ['a.example.com', 'b.example.com'], at });
  assert.notEqual(renamed.fingerprint, first.fingerprint);
  const later = await clientTls({ dataDir, names: ['a.example.com'], at: at.add({ hours: 24 * 360 }) });
  assert.equal(later.root, first.root);
  assert.ok(new X509Certificate(later.certificate).validToDate > new X509Certificate(first.certificate).validToDate);
});
