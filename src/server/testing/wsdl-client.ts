import { join } from 'node:path';
import { type Client, createClientAsync } from 'soap';
import { sharedFolder } from '#server/testing/shared.ts';

const wsdl = join(sharedFolder() ?? '', 'protocol/wsdl');

export interface Cookie {
  readonly Expiration: Date;
  readonly EncryptedData: string;
}

export interface Config {
  readonly LastChange: Date;
  readonly IsRegistrationRequired: boolean;
  readonly AuthInfo: { readonly AuthPlugInInfo: readonly { readonly PlugInID: string; readonly ServiceUrl: string }[] };
  readonly Properties: {
    readonly ConfigurationProperty: readonly { readonly Name: string; readonly Value: string }[];
  };
}

export interface SyncInfo {
  readonly NewUpdates?: { readonly UpdateInfo: readonly UpdateInfo[] };
  readonly Truncated: boolean;
  readonly NewCookie: Cookie;
  readonly DriverSyncNotNeeded?: string;
}

export interface Locations {
  readonly FileLocation: readonly { readonly FileDigest: string; readonly Url: string }[];
}

export interface ExtendedInfo {
  readonly Updates: { readonly Update: readonly { readonly ID: number; readonly Xml: string }[] };
  readonly FileLocations: Locations;
  readonly OutOfScopeRevisionIDs?: { readonly int: readonly number[] };
}

export interface UpdateInfo {
  readonly ID: number;
  readonly IsLeaf: boolean;
  readonly Xml: string;
  readonly Deployment: { readonly Action: string; readonly IsAssigned: boolean; readonly LastChangeTime: string };
}

/** A generated client for one service at an address. */
export async function generated(file: string, url: string, isModern: boolean): Promise<Client> {
  const client = await createClientAsync(join(wsdl, file), { forceSoap12Headers: isModern });
  client.setEndpoint(url);
  return client;
}

/** Calls one operation; the toolkit's answer without its envelope. Its dates are sent back in the form of xs:dateTime. */
export async function call<Answer>(client: Client, operation: string, args: object): Promise<Answer> {
  const [answer] = await client[`${operation}Async`](JSON.parse(JSON.stringify(args)));
  return answer as Answer;
}

/** How the toolkit throws a fault: SOAP 1.1 says `detail`, 1.2 `Detail`. */
export interface ToolkitFault {
  readonly root: {
    readonly Envelope: {
      readonly Body: { readonly Fault: { readonly [Name in 'detail' | 'Detail']?: Record<string, string> } };
    };
  };
}

/** The SusClientId of the generated client. */
export const CLIENT_ID = 'b2b2b2b2-0000-4000-8000-000000000001';

export const COMPUTER = {
  DnsName: 'wsdl.example.com',
  OSMajorVersion: 10,
  OSMinorVersion: 0,
  OSBuildNumber: 17763,
  OSServicePackMajorNumber: 0,
  OSServicePackMinorNumber: 0,
  SuiteMask: 272,
  OldProductType: 3,
  NewProductType: 7,
  SystemMetrics: 0,
  ClientVersionMajorNumber: 10,
  ClientVersionMinorNumber: 0,
  ClientVersionBuildNumber: 17763,
  ClientVersionQfeNumber: 2931,
};

export const DEVICE = { HardwareIDs: { string: ['PCI\\VEN_8086'] } };

export const EVENT = {
  BasicData: {
    TargetID: { Sid: CLIENT_ID },
    SequenceNumber: 0,
    TimeAtTarget: '2023-10-20T11:59:00Z',
    EventInstanceID: 'eeeeeeee-0000-4000-8000-000000000001',
    NamespaceID: 1,
    EventID: 147,
    SourceID: 101,
    UpdateID: { UpdateID: '00000000-0000-0000-0000-000000000000', RevisionNumber: 0 },
    Win32HResult: 0,
    AppName: 'wsdl',
  },
  ExtendedData: { ReplacementStrings: { string: ['3'] }, MiscData: { string: ['B=3'] } },
};
