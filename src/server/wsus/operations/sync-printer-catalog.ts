import { emptySyncInfo } from '#server/wsus/operations/sync-updates.ts';
import type { WuspHandler } from '#server/wsus/service.ts';
import { sessionOf } from '#server/wsus/session.ts';

/** SyncPrinterCatalog ([MS-WUSP] 3.1.5.9), which only the Add Printer wizard asks: no printer drivers are offered. */
export const syncPrinterCatalog: WuspHandler<'SyncPrinterCatalog'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  return { operation: 'SyncPrinterCatalog', syncInfo: emptySyncInfo(service, session) };
};
