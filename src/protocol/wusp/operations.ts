import type { Framing } from '#protocol/soap/envelope.ts';
import type { WuspOperation } from './types.ts';

/** One web service: its namespace, its path below the server's root (IIS ignores the case), and the look of its envelopes. */
export interface Service {
  readonly namespace: string;
  readonly path: string;
  readonly framing: Framing;
}

const CLIENT: Service = {
  namespace: 'http://www.microsoft.com/SoftwareDistribution/Server/ClientWebService',
  path: '/ClientWebService/client.asmx',
  framing: 'wcf',
};
const SIMPLE_AUTH: Service = {
  namespace: 'http://www.microsoft.com/SoftwareDistribution/Server/SimpleAuthWebService',
  path: '/SimpleAuthWebService/SimpleAuth.asmx',
  framing: 'asmx',
};
const REPORTING: Service = {
  namespace: 'http://www.microsoft.com/SoftwareDistribution',
  path: '/ReportingWebService/ReportingWebService.asmx',
  framing: 'asmx',
};

/** Which service answers an operation ([MS-WUSP] 2.1). */
export const SERVICE_OF: Readonly<Record<WuspOperation, Service>> = {
  GetConfig: CLIENT,
  GetConfig2: CLIENT,
  GetAuthorizationCookie: SIMPLE_AUTH,
  GetCookie: CLIENT,
  RegisterComputer: CLIENT,
  StartCategoryScan: CLIENT,
  SyncUpdates: CLIENT,
  SyncPrinterCatalog: CLIENT,
  RefreshCache: CLIENT,
  GetExtendedUpdateInfo: CLIENT,
  GetExtendedUpdateInfo2: CLIENT,
  GetFileLocations: CLIENT,
  ReportEventBatch: REPORTING,
};

/** The SOAPAction header's value, without its quotes. It names the operation in faults; requests are told apart by their body. */
export function soapAction(operation: WuspOperation): string {
  return `${SERVICE_OF[operation].namespace}/${operation}`;
}

/** The operation whose request is an element of this name. */
export function operationOf(name: string, namespace: string): WuspOperation | undefined {
  if (!isOperation(name)) return undefined;
  return SERVICE_OF[name].namespace === namespace ? name : undefined;
}

function isOperation(name: string): name is WuspOperation {
  return Object.hasOwn(SERVICE_OF, name);
}
