import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Revision } from '#domain/catalogue/revision.ts';
import { addCustomer } from '#server/store/customers.ts';
import { type ImportedRevision, importRevision } from '#server/store/revisions.ts';
import { enrol } from '#server/store/servers.ts';

export const AT = Temporal.Instant.from('2026-11-10T18:00:00.123456Z');

/** A readable id that no other kind of thing has: `sampleId('c', 1)`. */
export function sampleId(kind: string, number: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The SHA-256 of a text, as tokens and documents are known by. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Adds a customer; returns its id. */
export async function sampleCustomer(pool: pg.Pool, number = 1): Promise<string> {
  const customerId = sampleId('c', number);
  const customer = {
    customerId,
    name: `Customer ${number}`,
    zone: 'Europe/Zurich',
    region: null,
    plan: null,
    createdAt: AT,
  };
  await addCustomer(pool, { ...customer, mode: 'managed' }, sha256(`token ${number}`));
  return customerId;
}

/** Enrols a server, of a customer or of nobody; returns its id. */
export async function sampleServer(pool: pg.Pool, number = 1, customerId?: string): Promise<string> {
  const claim = { clientId: `client-${number}`, dnsName: `srv${number}.example.com`, at: AT };
  const serverId = await enrol(pool, customerId === undefined ? claim : { ...claim, customerId });
  if (serverId === undefined) throw new Error(`client-${number} belongs to another customer`);
  return serverId;
}

/** An update as an import brings it. */
export function sampleImport(number = 1, more: Partial<ImportedRevision> = {}): ImportedRevision {
  const revision: Omit<Revision, 'revisionId'> = {
    updateId: sampleId('a', number),
    revisionNumber: 200,
    updateType: 'Software',
    title: `2026-11 Cumulative Update ${number} “für” 日本`,
    kb: '5000001',
    severity: 'Critical',
    published: AT,
    publicationState: 'Published',
    explicitlyDeployable: true,
    isBeta: false,
    reboot: 'CanRequestReboot',
    impact: 'Normal',
    removable: false,
    prerequisites: [{ anyOf: [sampleId('b', 1)], isCategory: true }],
    bundles: [[{ updateId: sampleId('b', 2), revisionNumber: 100 }]],
    supersedes: [],
    files: [],
  };
  const sha1 = number.toString(16).padStart(40, '0');
  return {
    revision,
    documentSha256: sha256(`document ${number}`),
    document: Buffer.from(`document ${number}`),
    source: 'test.cab',
    at: AT,
    fragments: [
      { kind: 'Core', locale: '', escaped: Buffer.from('&lt;core&gt;'), xpress: Buffer.from([1, 0, 255]) },
      { kind: 'LocalizedProperties', locale: 'en', escaped: Buffer.from('en'), xpress: Buffer.from([2]) },
    ],
    files: [{ sha1, sha256: 'b'.repeat(64), size: 12_345_678_901, name: 'update.cab' }],
    ...more,
  };
}

/** Imports an update; returns its revision id. */
export async function sampleRevision(pool: pg.Pool, number = 1): Promise<number> {
  const imported = await importRevision(pool, sampleImport(number));
  if (!imported.ok) throw new Error(imported.message);
  return imported.revisionId;
}
