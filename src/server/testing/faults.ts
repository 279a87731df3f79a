import type { FaultCode } from '#protocol/wusp/responses.ts';
import { AFTER_PATCH_TUESDAY as AT, type ClientService } from '#server/testing/client-service.ts';
import { ask, event, faultTo, type Session, server2019 } from '#server/testing/wire-client.ts';

/** Everything that a request could change, as text. */
export async function stateOf({ pool }: ClientService): Promise<string> {
  const { rows } = await pool.query(`select (select jsonb_agg(s order by server_id) from server s) as servers,
    (select jsonb_agg(e order by event_instance_id) from event e) as events, (select jsonb_agg(o) from offer o) as offers,
    (select jsonb_agg(t) from server_status t) as status, (select jsonb_agg(u) from server_update u) as updates,
    (select count(*) from record) as records`);
  return JSON.stringify(rows);
}

/** The fault that each operation which needs a cookie gives for this one. */
export async function faultsOf(base: string, { cookie, clientId }: Session): Promise<FaultCode[]> {
  const eventBatch = [event({ clientId }, 900, 147, AT)];
  const faults = [
    await faultTo<'SyncUpdates'>(base, { operation: 'SyncUpdates', cookie, parameters: { skipSoftwareSync: false } }),
    await faultTo<'RegisterComputer'>(base, { operation: 'RegisterComputer', cookie, computerInfo: server2019('x') }),
    await faultTo<'SyncPrinterCatalog'>(base, { operation: 'SyncPrinterCatalog', cookie }),
    await faultTo<'RefreshCache'>(base, { operation: 'RefreshCache', cookie, globalIds: [] }),
    await faultTo<'GetExtendedUpdateInfo'>(base, {
      operation: 'GetExtendedUpdateInfo',
      cookie,
      revisionIds: [1],
      infoTypes: ['Extended'],
      locales: ['en'],
    }),
    await faultTo<'GetExtendedUpdateInfo2'>(base, {
      operation: 'GetExtendedUpdateInfo2',
      cookie,
      updateIds: [],
      infoTypes: ['Extended'],
      locales: [],
    }),
    await faultTo<'GetFileLocations'>(base, { operation: 'GetFileLocations', cookie, fileDigests: [] }),
    await faultTo<'ReportEventBatch'>(base, { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch }),
  ];
  return [...new Set(faults.map(([code]) => code))];
}

export function report(base: string, { cookie }: Session, eventBatch: readonly ReturnType<typeof event>[]) {
  return ask<'ReportEventBatch'>(base, { operation: 'ReportEventBatch', cookie, clientTime: AT, eventBatch });
}

export async function storedEvents({ pool }: ClientService): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select event_instance_id as id from event order by 1');
  return rows.map(({ id }) => id.slice(-3));
}
