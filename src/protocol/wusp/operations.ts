import type { Framing } from '#protocol/soap/envelope.ts';
import type { WuspOperation } from './types.ts';

/** A web service of the client protocol. */
export interface Service {
  readonly namespace: string;
  /** Below the server's root; IIS ignores the case. */
  readonly path: string;
  /** The look of its envelopes. */
  readonly framing: Framing;
}

/** The services by the name of their folder ([MS-WUSP] 2.1). */
export const SERVICES = {
  ClientWebService: {
    namespace: 'http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService',
    path: '/ClientWebService/client.asmx',
    framing: 'wcf',
  },
  SimpleAuthWebService: {
    namespace: 'http://www.microsoft.com/SoftwareDistribution/Server/SimpleAuthWebService',
    path: '/SimpleAuthWebService/SimpleAuth.asmx',
    framing: 'asmx',
  },
  ReportingWebService: {
    namespace: 'http://www.microsoft.com/SoftwareDistribution',
    path: '/ReportingWebService/ReportingWebService.asmx',
    framing: 'asmx',
  },
} as const satisfies Record<string, Service>;

export interface Operation extends Service {
  /** The header's value without its quotes. Requests are told apart by their body, faults name it. */
  readonly soapAction: string;
}

/** Where each operation is answered. */
export const OPERATIONS: Readonly<Record<WuspOperation, Operation>> = {
  GetConfig: of(SERVICES.ClientWebService, 'GetConfig'),
  GetConfig2: of(SERVICES.ClientWebService, 'GetConfig2'),
  GetAuthorizationCookie: of(SERVICES.SimpleAuthWebService, 'GetAuthorizationCookie'),
  GetCookie: of(SERVICES.ClientWebService, 'GetCookie'),
  RegisterComputer: of(SERVICES.ClientWebService, 'RegisterComputer'),
  StartCategoryScan: of(SERVICES.ClientWebService, 'StartCategoryScan'),
  SyncUpdates: of(SERVICES.ClientWebService, 'SyncUpdates'),
  SyncPrinterCatalog: of(SERVICES.ClientWebService, 'SyncPrinterCatalog'),
  RefreshCache: of(SERVICES.ClientWebService, 'RefreshCache'),
  GetExtendedUpdateInfo: of(SERVICES.ClientWebService, 'GetExtendedUpdateInfo'),
  GetExtendedUpdateInfo2: of(SERVICES.ClientWebService, 'GetExtendedUpdateInfo2'),
  GetFileLocations: of(SERVICES.ClientWebService, 'GetFileLocations'),
  ReportEventBatch: of(SERVICES.ReportingWebService, 'ReportEventBatch'),
};

function of(service: Service, operation: WuspOperation): Operation {
  return { ...service, soapAction: `${service.namespace}/${operation}` };
}
