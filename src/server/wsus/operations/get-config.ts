import type { Config } from '#protocol/wusp/responses.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';

/** The server protocol version of WSUS 3.0 SP2 and later; with less, clients fall back to slow full scans. */
const PROTOCOL_VERSION = '3.2';
/** How many revisions GetExtendedUpdateInfo takes at once; real servers say the same. */
export const MAX_EXTENDED_UPDATES = 50;

/** GetConfig ([MS-WUSP] 3.1.5.1): what a client must know before it authorizes itself. */
export const getConfig: WuspHandler<'GetConfig'> = async (service, _request, caller) => {
  return { operation: 'GetConfig', config: configFor(service, caller) };
};

/** The same for clients that describe themselves more closely. */
export const getConfig2: WuspHandler<'GetConfig2'> = async (service, _request, caller) => {
  return { operation: 'GetConfig2', config: configFor(service, caller) };
};

function configFor({ identity }: WsusService, { baseUrl }: Caller): Config {
  return {
    lastChange: identity.configChanged,
    isRegistrationRequired: true,
    authInfo: [
      { plugInId: 'SimpleTargeting', serviceUrl: `${baseUrl}/SimpleAuthWebService/SimpleAuth.asmx`, parameter: '' },
    ],
    allowedEventIds: [],
    properties: [
      { name: 'MaxExtendedUpdatesPerRequest', value: String(MAX_EXTENDED_UPDATES) },
      { name: 'PackageServerShare', value: '' },
      { name: 'ProtocolVersion', value: PROTOCOL_VERSION },
      { name: 'IsInventoryRequired', value: '0' },
      { name: 'ClientReportingLevel', value: '2' },
    ],
  };
}
