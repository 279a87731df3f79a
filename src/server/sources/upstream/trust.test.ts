import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { before, describe, test } from 'node:test';
import { connect, createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createAuthority, createServerCertificate, type KeyPair } from '#server/tls/authority.ts';
import { trustedRoots } from './trust.ts';

const MICROSOFT_2011 = '847DF6A78497943F27FC72EB93F9A637320A02B561D0A91B09E87A7807ED7C61';

function fingerprints(url: string, operators?: string): string[] {
  return trustedRoots(new URL(url), operators).ca.map((pem) =>
    new X509Certificate(pem).fingerprint256.replaceAll(':', ''),
  );
}

test("for Microsoft's services the root of 2011 and no other", () => {
  assert.deepEqual(fingerprints('https://sws.update.microsoft.com/'), [MICROSOFT_2011]);
  assert.deepEqual(fingerprints('https://SWS1.update.microsoft.com/x'), [MICROSOFT_2011]);
  const root = new X509Certificate(trustedRoots(new URL('https://update.microsoft.com')).ca[0] ?? '');
  assert.match(root.subject, /CN=Microsoft Root Certificate Authority 2011$/m);
  assert.ok(root.ca && root.verify(root.publicKey));
});

test('elsewhere the public roots, without that one', () => {
  for (const host of ['wsus.example.org', 'update.microsoft.com.example.org', 'notupdate.microsoft.com']) {
    const trusted = fingerprints(`https://${host}`);
    assert.ok(trusted.length > 50 && !trusted.includes(MICROSOFT_2011), host);
  }
});

describe('over TLS', () => {
  const at = Temporal.Now.instant();
  const OURS = 'wsus.example.org';
  const MICROSOFTS = 'sws.update.microsoft.com';
  let authority: KeyPair;
  let server: KeyPair;

  before(async () => {
    authority = await createAuthority(at);
    server = await createServerCertificate(authority, [OURS, MICROSOFTS], at);
  });

  /** What comes of a connection to a server that says it is `host`: `trusted`, or the error's code. */
  async function outcome(host: string, operators?: string): Promise<string> {
    const listener = createServer({ cert: server.certificate, key: server.key }).listen(0, '127.0.0.1');
    try {
      await once(listener, 'listening');
      const { port } = listener.address() as AddressInfo;
      const roots = trustedRoots(new URL(`https://${host}`), operators);
      const socket = connect({ host: '127.0.0.1', port, servername: host, ...roots });
      const end = await Promise.race([
        once(socket, 'secureConnect').then(() => 'trusted'),
        once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? 'error'),
      ]).catch((error: NodeJS.ErrnoException) => error.code ?? 'error');
      socket.destroy();
      return end;
    } finally {
      listener.close();
    }
  }

  test("an authority of the operator's own is trusted where he says so", async () => {
    assert.match(await outcome(OURS), /^(UNABLE_TO|SELF_SIGNED)/);
    assert.equal(await outcome(OURS, authority.certificate), 'trusted');
    assert.equal(await outcome(MICROSOFTS, authority.certificate), 'trusted');
  });

  test('a certificate for another name is not', async () => {
    assert.equal(await outcome('other.example.org', authority.certificate), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test("an authority that the machine trusts cannot speak for Microsoft's services", async () => {
    const usual = getCACertificates('default');
    setDefaultCACertificates([...usual, authority.certificate]);
    try {
      assert.equal(await outcome(OURS), 'trusted');
      assert.match(await outcome(MICROSOFTS), /^(UNABLE_TO|SELF_SIGNED)/);
    } finally {
      setDefaultCACertificates(usual);
    }
  });
});
