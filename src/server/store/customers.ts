import { sqlInstant } from './parameter.ts';
import type { Db } from './pool.ts';
import type { KindPlanNames } from './servers.ts';

/** A customer, and the defaults of its servers. */
export interface CustomerRow {
  readonly customerId: string;
  readonly name: string;
  /** IANA zone. */
  readonly zone: string;
  readonly region: string | null;
  readonly plan: string | null;
  readonly mode: 'observe' | 'managed';
  /** Its servers may not fetch from Microsoft by hand. */
  readonly strict: boolean;
  /** Who is told of restarts and failures. */
  readonly ownerMail: string | null;
  /** Kinds of patching that have a plan of their own: kind → name of the plan. */
  readonly kindPlans: KindPlanNames;
  readonly createdAt: Temporal.Instant;
}

const FIELDS = `customer_id as "customerId", name, zone, region, plan, mode, strict, owner_mail as "ownerMail",
  kind_plans as "kindPlans", created_at as "createdAt"`;

/** A customer to be; it is not strict and has no owner unless told so. */
export type NewCustomer = Omit<CustomerRow, 'strict' | 'ownerMail' | 'kindPlans'> &
  Partial<Pick<CustomerRow, 'strict' | 'ownerMail'>>;

/** Adds a customer with the SHA-256 of its enrolment token; false when the name is taken. */
export async function addCustomer(db: Db, customer: NewCustomer, tokenSha256: Uint8Array): Promise<boolean> {
  const { customerId, name, zone, region, plan, mode, strict = false, ownerMail = null, createdAt } = customer;
  const { rowCount } = await db.query(
    `insert into customer (customer_id, name, zone, region, plan, mode, strict, owner_mail, token_sha256, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (name) do nothing`,
    [customerId, name, zone, region, plan, mode, strict, ownerMail, tokenSha256, sqlInstant(createdAt)],
  );
  return rowCount === 1;
}

/** Changes what is given of a customer's defaults; false when there is no such customer. */
export async function changeCustomer(
  db: Db,
  customerId: string,
  change: Partial<Pick<CustomerRow, 'zone' | 'region' | 'plan' | 'mode' | 'strict' | 'ownerMail' | 'kindPlans'>>,
): Promise<boolean> {
  const { zone, region, plan, mode, strict, ownerMail, kindPlans } = change;
  const { rowCount } = await db.query(
    `update customer set zone = coalesce($2, zone), mode = coalesce($3, mode), strict = coalesce($4, strict),
       region = case when $5 then $6 else region end, plan = case when $7 then $8 else plan end,
       owner_mail = case when $9 then $10 else owner_mail end, kind_plans = coalesce($11, kind_plans)
     where customer_id = $1`,
    [
      ...[customerId, zone, mode, strict],
      ...[region !== undefined, region, plan !== undefined, plan, ownerMail !== undefined, ownerMail],
      kindPlans,
    ],
  );
  return rowCount === 1;
}

/** Replaces the enrolment token; false when there is no such customer. The old one is kept as a former one: servers that know it stay enrolled, it enrols no new ones. */
export async function replaceCustomerToken(
  db: Db,
  customerId: string,
  tokenSha256: Uint8Array,
  at: Temporal.Instant,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with renewed as (
       update customer c set token_sha256 = $2
       from (select customer_id, token_sha256 from customer where customer_id = $1 for update) before
       where c.customer_id = before.customer_id returning before.token_sha256, c.customer_id)
     insert into former_token (token_sha256, customer_id, retired_at) select token_sha256, customer_id, $3 from renewed`,
    [customerId, tokenSha256, sqlInstant(at)],
  );
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
