import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';

/** A customer, and the defaults of its servers. */
export interface CustomerRow {
  readonly customerId: string;
  readonly name: string;
  /** IANA zone. */
  readonly zone: string;
  readonly region: string | null;
  readonly plan: string | null;
  readonly mode: 'observe' | 'managed';
  readonly createdAt: Temporal.Instant;
}

const FIELDS = 'customer_id as "customerId", name, zone, region, plan, mode, created_at as "createdAt"';

/** Adds a customer with the SHA-256 of its enrolment token; false when the name is taken. */
export async function addCustomer(db: Db, customer: CustomerRow, tokenSha256: Uint8Array): Promise<boolean> {
  const { customerId, name, zone, region, plan, mode, createdAt } = customer;
  const { rowCount } = await db.query(
    `insert into customer (customer_id, name, zone, region, plan, mode, token_sha256, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (name) do nothing`,
    [customerId, name, zone, region, plan, mode, tokenSha256, sqlInstant(createdAt)],
  );
  return rowCount === 1;
}

/** Changes what is given of a customer's defaults; false when there is no such customer. */
export async function changeCustomer(
  db: Db,
  customerId: string,
  change: Partial<Pick<CustomerRow, 'zone' | 'region' | 'plan' | 'mode'>>,
): Promise<boolean> {
  const { zone, region, plan, mode } = change;
  const { rowCount } = await db.query(
    `update customer set zone = coalesce($2, zone), mode = coalesce($3, mode),
       region = case when $4 then $5 else region end, plan = case when $6 then $7 else plan end
     where customer_id = $1`,
    [customerId, zone, mode, region !== undefined, region, plan !== undefined, plan],
  );
  return rowCount === 1;
}

/** Replaces the enrolment token; servers that know the old one stay enrolled. */
export async function replaceCustomerToken(db: Db, customerId: string, tokenSha256: Uint8Array): Promise<boolean> {
  const { rowCount } = await db.query('update customer set token_sha256 = $2 where customer_id = $1', [
    customerId,
    tokenSha256,
  ]);
  return rowCount === 1;
}

export async function findCustomer(db: Db, customerId: string): Promise<CustomerRow | undefined> {
  const { rows } = await db.query<CustomerRow>(`select ${FIELDS} from customer where customer_id = $1`, [customerId]);
  return rows[0];
}

export async function findCustomerByName(db: Db, name: string): Promise<CustomerRow | undefined> {
  const { rows } = await db.query<CustomerRow>(`select ${FIELDS} from customer where name = $1`, [name]);
  return rows[0];
}

/** The customer of an enrolment token, by the token's SHA-256. */
export async function findCustomerByToken(db: Db, tokenSha256: Uint8Array): Promise<CustomerRow | undefined> {
  const { rows } = await db.query<CustomerRow>({
    name: 'find-customer-by-token',
    text: `select ${FIELDS} from customer where token_sha256 = $1`,
    values: [tokenSha256],
  });
  return rows[0];
}

/** All customers by name, each with the SHA-256 of its enrolment token. */
export async function listCustomers(db: Db): Promise<(CustomerRow & { readonly tokenSha256: Buffer })[]> {
  const { rows } = await db.query<CustomerRow & { readonly tokenSha256: Buffer }>(
    `select ${FIELDS}, token_sha256 as "tokenSha256" from customer order by name`,
  );
  return rows;
}
