import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { UpdateState } from '#domain/status/event-state.ts';
import type { TestService } from './service.ts';

/** A server as a test wants it; what is left out is that of a managed Server 2019 that was here just now. */
export interface SketchedServer {
  readonly dnsName: string;
  readonly customerId?: string | null;
  readonly plan?: string;
  readonly osBuild?: number | null;
  readonly lastSeen?: string;
  /** False: its agent has not sent a status report. */
  readonly hasStatus?: boolean;
  readonly installed?: readonly string[];
  readonly updates?: Readonly<Record<string, UpdateState>>;
}

/** Writes a server's rows as its agent's reports would have; returns its id. */
export async function sketchServer({ pool, clock }: Pick<TestService, 'pool' | 'clock'>, sketch: SketchedServer) {
  const serverId = randomUUID();
  const at = clock.now().toString();
  const { dnsName, customerId = null, plan = null, osBuild = 17763, lastSeen = at, hasStatus = true } = sketch;
  await pool.query(
    `insert into server (server_id, customer_id, client_id, dns_name, plan, os_build, product_type, first_seen, last_seen,
       last_status) values ($1, $2, $3, $4, $5, $6, 3, $7, $8, $9)`,
    [serverId, customerId, randomUUID(), dnsName, plan, osBuild, at, lastSeen, hasStatus ? at : null],
  );
  if (hasStatus)
    await pool.query(
      `insert into server_status (server_id, customer_id, at, event_instance_id, installed, applicable)
       values ($1, $2, $3, $4, $5::uuid[], 0)`,
      [serverId, customerId, at, randomUUID(), sketch.installed ?? []],
    );
  for (const [updateId, state] of Object.entries(sketch.updates ?? {}))
    await sketchState(pool, serverId, updateId, state, at);
  return serverId;
}

async function sketchState(pool: pg.Pool, serverId: string, updateId: string, state: UpdateState, at: string) {
  await pool.query(
    `insert into server_update (server_id, customer_id, update_id, state, provisional, reported_at, since)
     select server_id, customer_id, $2, $3, false, $4, $4 from server where server_id = $1`,
    [serverId, updateId, state, at],
  );
}
