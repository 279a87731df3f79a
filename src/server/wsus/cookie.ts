import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key that seals cookies, or, once retired, only opens them. */
export interface CookieKey {
  readonly keyId: number;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  readonly retired: boolean;
}

/** What an authorization cookie says: who claims to be what, seen by SimpleAuth. */
export interface AuthorizationClaims {
  readonly kind: 'authorization';
  readonly clientId: string;
  readonly dnsName: string;
  /** The customer whose enrolment token came along, in the path or as target group. */
  readonly customerId?: string;
  /** The same of a former token, where no current one came along. */
  readonly formerCustomerId?: string;
  /** The target group that the client named. */
  readonly targetGroup?: string;
  readonly issuedAt: string;
}

/** What a client's cookie says. Stateless: everything that a later call needs is in it, sealed. */
export interface SessionClaims {
  readonly kind: 'session';
  /** The service's identity; another one means ServerChanged. */
  readonly service: string;
  readonly serverId: string;
  readonly clientId: string;
  readonly expires: string;
  /** GetConfig's LastChange at that time; another one means ConfigChanged. */
  readonly lastChange: string;
  readonly protocolVersion: string;
  /** Version of the deployment set that the client was told whole. */
  readonly told?: string;
}

export type Claims = AuthorizationClaims | SessionClaims;

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 3;
/** The largest blob that is opened at all; ours are under 600 bytes. */
const MAX_BYTES = 4096;

/** Seals claims with AES-256-GCM under the newest key; base64. Layout: version, key id (2, big-endian), IV (12), cipher text, tag (16). */
export function sealCookie(claims: Claims, keys: readonly CookieKey[]): string {
  const key = keys.findLast(({ retired }) => !retired);
  if (!key) throw new Error('there is no cookie key');
  const head = Buffer.from([VERSION, key.keyId >> 8, key.keyId & 255]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv).setAAD(head);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claims), 'utf8'), cipher.final()]);
  return Buffer.concat([head, iv, sealed, cipher.getAuthTag()]).toString('base64');
}

/**
 * Opens what `sealCookie` made; undefined for anything else: another service's blob, a changed byte, an unknown key, the other kind.
 * Nothing is parsed before it is authenticated (the lesson of CVE-2023-35317 and CVE-2025-59287).
 */
export function openCookie<Kind extends Claims['kind']>(
  blob: string,
  kind: Kind,
  keys: readonly CookieKey[],
): Extract<Claims, { kind: Kind }> | undefined {
  if (blob.length > (MAX_BYTES * 4) / 3) return undefined;
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.length < HEAD_BYTES + IV_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined;
  const key = keys.find(({ keyId }) => keyId === bytes.readUInt16BE(1));
  if (!key) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES))
    .setAAD(bytes.subarray(0, HEAD_BYTES))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text =
      decipher.update(bytes.subarray(HEAD_BYTES + IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    const claims = JSON.parse(text) as Claims;
    return claims.kind === kind ? (claims as Extract<Claims, { kind: Kind }>) : undefined;
  } catch {
    return undefined;
  }
}
