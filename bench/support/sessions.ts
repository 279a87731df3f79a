import type pg from 'pg';
import type { Cookie } from '#protocol/wusp/types.ts';
import { type CookieKey, openCookie, sealCookie } from '#server/wsus/cookie.ts';
import { clientId, serverId } from './fill.ts';

/** Makes and reads cookies as the service does. */
export interface Sessions {
  /** What clients must send as GetConfig's LastChange. */
  readonly lastChange: string;
  /**
   * The cookie of a server that was written by SQL, as the service would have made it at the last scan: so a million of them need no
   * memory here.
   */
  cookie(server: number, expires: Temporal.Instant, told?: string): Cookie;
  /** Version of the deployment set that the owner of a cookie was told. */
  toldBy(cookie: Cookie): string | undefined;
}

export async function openSessions(pool: pg.Pool): Promise<Sessions> {
  const keys = await pool.query<CookieKey>(
    'select key_id as "keyId", secret, retired_at is not null as retired from cookie_key order by key_id',
  );
  const { rows } = await pool.query<{ guid: string; changed: Temporal.Instant }>(
    'select server_guid as guid, config_changed as changed from service',
  );
  const service = rows[0];
  if (!service) throw new Error('the service has no row');
  const lastChange = service.changed.toString();
  return {
    lastChange,
    cookie(server, expires, told) {
      const claims = {
        kind: 'session' as const,
        service: service.guid,
        serverId: serverId(server),
        clientId: clientId(server),
        expires: expires.toString(),
        lastChange,
        protocolVersion: '2.33',
        ...(told ? { told } : {}),
      };
      return { expiration: expires, encryptedData: sealCookie(claims, keys.rows) };
    },
    toldBy: ({ encryptedData }) => openCookie(encryptedData, 'session', keys.rows)?.told,
  };
}
