import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { SoapVersion } from '#protocol/soap/envelope.ts';
import { OPERATIONS, type Service } from '#protocol/wusp/operations.ts';
import { readRequest } from '#protocol/wusp/read-request.ts';
import type { FaultCode, WuspFault, WuspResponse } from '#protocol/wusp/responses.ts';
import type { WuspOperation, WuspRequest } from '#protocol/wusp/types.ts';
import { faultOf, writeFault, writeResponse } from '#protocol/wusp/write-response.ts';
import { Refusal } from '#server/wsus/fault.ts';
import type { Encoding } from '#server/wsus/fragments.ts';
import { getAuthorizationCookie, getCookie } from '#server/wsus/operations/authorize.ts';
import { getConfig, getConfig2 } from '#server/wsus/operations/get-config.ts';
import { getExtendedUpdateInfo, getExtendedUpdateInfo2 } from '#server/wsus/operations/get-extended-update-info.ts';
import { getFileLocations } from '#server/wsus/operations/get-file-locations.ts';
import { refreshCache } from '#server/wsus/operations/refresh-cache.ts';
import { registerComputer } from '#server/wsus/operations/register-computer.ts';
import { reportEventBatch } from '#server/wsus/operations/report-event-batch.ts';
import { startCategoryScan } from '#server/wsus/operations/start-category-scan.ts';
import { syncPrinterCatalog } from '#server/wsus/operations/sync-printer-catalog.ts';
import { syncUpdates } from '#server/wsus/operations/sync-updates.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';

const HANDLERS: { readonly [Operation in WuspOperation]: WuspHandler<Operation> } = {
  GetConfig: getConfig,
  GetConfig2: getConfig2,
  GetAuthorizationCookie: getAuthorizationCookie,
  GetCookie: getCookie,
  RegisterComputer: registerComputer,
  StartCategoryScan: startCategoryScan,
  SyncUpdates: syncUpdates,
  SyncPrinterCatalog: syncPrinterCatalog,
  RefreshCache: refreshCache,
  GetExtendedUpdateInfo: getExtendedUpdateInfo,
  GetExtendedUpdateInfo2: getExtendedUpdateInfo2,
  GetFileLocations: getFileLocations,
  ReportEventBatch: reportEventBatch,
};

/** A finished answer over HTTP. */
export interface SoapAnswer {
  readonly status: 200 | 500;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: readonly Buffer[];
}

/** Answers one SOAP request of the client protocol; every refusal becomes the fault that its client knows how to recover from. */
export async function answerSoap(
  service: WsusService,
  at: { readonly endpoint: Service; readonly encoding: Encoding; readonly caller: Caller; readonly log: Logger },
  body: Uint8Array,
): Promise<SoapAnswer> {
  const read = readRequest(body);
  if (!read.ok) {
    at.log.info({ place: read.place, reason: read.message }, 'a request was not understood');
    if (read.operation)
      return fault(faultOf(read.operation, read.errorCode, randomUUID(), read.place), at.endpoint, read.version);
    return fault({ errorCode: read.errorCode, id: randomUUID(), method: '' }, at.endpoint, read.version);
  }
  const { request, version } = read;
  try {
    if (OPERATIONS[request.operation].path !== at.endpoint.path) throw new Refusal('InvalidParameters', 'operation');
    const response = await handle(service, request, at.caller);
    return await success(service, response, at.encoding, version);
  } catch (error) {
    const id = randomUUID();
    const errorCode: FaultCode = error instanceof Refusal ? error.errorCode : 'InternalServerError';
    logFailure(at.log, { operation: request.operation, fault: id }, error);
    const place = error instanceof Refusal && error.message ? error.message : undefined;
    return fault(faultOf(request.operation, errorCode, id, place), OPERATIONS[request.operation], version);
  }
}

/** A refusal is everyday business, unless it carries a warning; anything else is our own failure. */
function logFailure(log: Logger, what: { readonly operation: WuspOperation; readonly fault: string }, error: unknown) {
  if (!(error instanceof Refusal)) return log.error({ ...what, err: error }, 'a request failed');
  const { errorCode, message: place, warning } = error;
  if (!warning) return log.info({ ...what, errorCode, place }, 'refused');
  log.warn({ ...what, errorCode, code: warning.code, ...warning.subject }, warning.message);
}

function handle(service: WsusService, request: WuspRequest, caller: Caller): Promise<WuspResponse> {
  // The table pairs each operation with its own handler; only the pairing is lost on the compiler.
  const handler = HANDLERS[request.operation] as (
    service: WsusService,
    request: WuspRequest,
    caller: Caller,
  ) => Promise<WuspResponse>;
  return handler(service, request, caller);
}

async function success(
  service: WsusService,
  response: WuspResponse,
  encoding: Encoding,
  version: SoapVersion,
): Promise<SoapAnswer> {
  const body = await service.fragments.fill(writeResponse(response, version), encoding);
  const headers = { ...common(body, version), ...(encoding === 'xpress' ? { 'content-encoding': 'xpress' } : {}) };
  return { status: 200, headers, body };
}

function fault(what: WuspFault, endpoint: Service, version: SoapVersion = '1.1'): SoapAnswer {
  const body = [Buffer.from(writeFault(what, endpoint, version))];
  return { status: 500, headers: { ...common(body, version), connection: 'close' }, body };
}

function common(body: readonly Buffer[], version: SoapVersion): Record<string, string | number> {
  return {
    'content-type': version === '1.2' ? 'application/soap+xml; charset=utf-8' : 'text/xml; charset=utf-8',
    'content-length': body.reduce((sum, { length }) => sum + length, 0),
    'cache-control': 'private',
    vary: 'Accept-Encoding',
  };
}
