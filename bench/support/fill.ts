import { createHash } from 'node:crypto';
import type pg from 'pg';
import { importDocuments } from '#server/sources/import.ts';
import { addCustomer } from '#server/store/customers.ts';
import { touchFacts } from '#server/store/service.ts';
import { type SampleSystem, SYSTEMS } from '#simulator/sample/operating-systems.ts';
import { benchCatalogue } from './catalogue.ts';

/** Imports a catalogue of `count` revisions, of which a server that is measured needs about `measured`. */
export async function fillCatalogue(
  pool: pg.Pool,
  count: number,
  measured: number,
  at: Temporal.Instant,
): Promise<void> {
  const summary = await importDocuments(pool, { source: 'bench', at, documents: benchCatalogue(count, measured) });
  if (summary.skipped.length > 0) throw new Error(JSON.stringify(summary.skipped.slice(0, 3)));
  await pool.query('vacuum analyze');
  await touchFacts(pool);
}

/** A customer with so many registered servers that have reported. Server `i` of them has number `first + i` in the whole fleet. */
export interface FleetPart {
  readonly customer: number;
  readonly first: number;
  readonly servers: number;
  readonly system: SampleSystem;
  readonly plan: string;
}

export function customerToken(customer: number): string {
  return `st-${createHash('sha256').update(`bench token ${customer}`).digest('base64url')}`;
}

export function customerId(customer: number): string {
  return guidOf('customer', customer);
}

export function serverId(number: number): string {
  return guidOf('server', number);
}

/** SusClientId. */
export function clientId(number: number): string {
  return guidOf('client', number);
}

/** The same GUID as `md5('kind number')::uuid` in SQL. */
function guidOf(kind: string, number: number): string {
  const hex = createHash('md5').update(`${kind} ${number}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Adds customers by number, where they are not there yet. */
export async function fillCustomers(pool: pg.Pool, parts: readonly FleetPart[], at: Temporal.Instant): Promise<void> {
  for (const [customer, plan] of new Map(parts.map((part) => [part.customer, part.plan]))) {
    const about = {
      name: `Bench ${customer}`,
      zone: 'Europe/Zurich',
      region: null,
      plan,
      mode: 'managed',
      createdAt: at,
    } as const;
    const digest = createHash('sha256').update(customerToken(customer)).digest();
    await addCustomer(pool, { customerId: customerId(customer), ...about }, digest);
  }
  await touchFacts(pool);
}

/**
 * Servers as they are after their first day: registered, with a status report of `installed` updates, one that is needed, and the event of
 * it. Written by SQL, a million in minutes.
 */
export async function fillServers(
  pool: pg.Pool,
  part: FleetPart,
  installed: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  const { customer, first, servers, system } = part;
  const range = `generate_series($1::int, $2::int) i`;
  const bounds = [first, first + servers - 1];
  const since = at.subtract({ hours: 22 }).toString();
  await pool.query(
    `insert into server (server_id, customer_id, enrolled_by, client_id, dns_name, registration, os_build, product_type,
       first_seen, last_seen, last_sync, last_detection, last_sync_result, last_status)
     select md5('server ' || i)::uuid, $3, $3, md5('client ' || i)::uuid::text, 'srv-' || i || '.bench.example', $4::jsonb, $5, 3,
       $6, $6, $6, $6, 0, $6 from ${range}`,
    [...bounds, customerId(customer), JSON.stringify(REGISTRATION), SYSTEMS[system].build, since],
  );
  await pool.query(
    `insert into server_status (server_id, customer_id, at, event_instance_id, installed, applicable)
     select md5('server ' || i)::uuid, $3, $4, md5('event ' || i)::uuid, $5::uuid[], $6 from ${range}`,
    [...bounds, customerId(customer), since, installed, installed.length + 1],
  );
  await pool.query(
    `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
     select md5('server ' || i)::uuid, $3, $5, 'needed', false, $4, $4 from ${range}`,
    [...bounds, customerId(customer), since, guidOf('needed', 1)],
  );
  await pool.query(
    `insert into event (event_instance_id, server_id, customer_id, event_id, hresult, time_at_target, received_at, details)
     select md5('event ' || i)::uuid, md5('server ' || i)::uuid, $3, 156, 0, $4, $4, $5::jsonb from ${range}`,
    [...bounds, customerId(customer), since, JSON.stringify({ miscData: ['Q=1', 'c=7'], sourceId: 101 })],
  );
}

const REGISTRATION = {
  osMajorVersion: 10,
  osMinorVersion: 0,
  osBuildNumber: 17763,
  osLocale: 'en-US',
  computerManufacturer: 'Bench',
  computerModel: 'Virtual Machine',
  biosVersion: '1.0',
  processorArchitecture: 'AMD64',
  osDescription: 'Windows Server 2019 Standard',
};
