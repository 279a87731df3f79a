import type { Operation, Service } from '#protocol/wusp/operations.ts';
import type { WsusssOperation } from './types.ts';

/** The services of an upstream server by the name of their folder ([MS-WSUSSS] 2.1). */
const SERVICES = {
  ServerSyncWebService: {
    namespace: 'http://www.microsoft.com/SoftwareDistribution',
    path: '/ServerSyncWebService/ServerSyncWebService.asmx',
    framing: 'asmx',
  },
  DssAuthWebService: {
    namespace: 'http://www.microsoft.com/SoftwareDistribution/Server/DssAuthWebService',
    path: '/DssAuthWebService/DssAuthWebService.asmx',
    framing: 'asmx',
  },
} as const satisfies Record<string, Service>;

/** Where each operation is answered. */
export const WSUSSS_OPERATIONS: Readonly<Record<WsusssOperation, Operation>> = {
  GetAuthConfig: of(SERVICES.ServerSyncWebService, 'GetAuthConfig'),
  GetAuthorizationCookie: of(SERVICES.DssAuthWebService, 'GetAuthorizationCookie'),
  GetCookie: of(SERVICES.ServerSyncWebService, 'GetCookie'),
  GetConfigData: of(SERVICES.ServerSyncWebService, 'GetConfigData'),
  GetRevisionIdList: of(SERVICES.ServerSyncWebService, 'GetRevisionIdList'),
  GetUpdateData: of(SERVICES.ServerSyncWebService, 'GetUpdateData'),
};

function of(service: Service, operation: WsusssOperation): Operation {
  return { ...service, soapAction: `${service.namespace}/${operation}` };
}
