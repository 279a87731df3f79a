import 'reflect-metadata'; // @peculiar/x509 needs it before its own import
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** RSA, because the agents of Server 2012 R2 speak TLS 1.2 with ECDHE-RSA. */
const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 3072,
};
const ROOT_YEARS = 20;
/** Windows accepts more from a private authority, but a certificate that is renewed often is one whose renewal works. */
const SERVER_DAYS = 397;
const NAME = 'CN=Second Tuesday local authority';

x509.cryptoProvider.set(crypto);

/** Makes a root certificate for clients to trust; its key signs nothing but our own server certificates. */
export async function createAuthority(at: Temporal.Instant): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: NAME,
    notBefore: date(at.subtract({ hours: 24 })),
    notAfter: date(at.add({ hours: 24 * 365 * ROOT_YEARS })),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exported(certificate, keys.privateKey);
}

/** Makes a server certificate for the names (DNS names or addresses) that clients use, signed by the authority. */
export async function createServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  at: Temporal.Instant,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await privateKey(authority.key);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${names[0]}`,
    issuer: issuer.subject,
    notBefore: date(at.subtract({ hours: 24 })),
    notAfter: date(at.add({ hours: 24 * SERVER_DAYS })),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exported(certificate, keys.privateKey);
}

async function exported(certificate: x509.X509Certificate, key: CryptoKey): Promise<KeyPair> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

function privateKey(pem: string): Promise<CryptoKey> {
  const [pkcs8] = x509.PemConverter.decode(pem);
  if (!pkcs8) throw new Error('the authority has no private key');
  return crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}

function serialNumber(): string {
  return `01${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`; // positive, at most 20 bytes
}

function date(at: Temporal.Instant): Date {
  return new Date(at.epochMilliseconds);
}
