import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from 'soap';
import { contentPath } from '#server/content/payload-store.ts';
import { findServerByClientId } from '#server/store/servers.ts';
import { type ClientService, clientService } from '#server/testing/client-service.ts';
import { sharedFolder } from '#server/testing/shared.ts';
import {
  CLIENT_ID,
  COMPUTER,
  type Config,
  type Cookie,
  call,
  DEVICE,
  EVENT,
  type ExtendedInfo,
  generated,
  type Locations,
  type SyncInfo,
  type ToolkitFault,
  type UpdateInfo,
} from '#server/testing/wsdl-client.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

// Clients that a SOAP toolkit generates from the specification's WSDL know nothing of this project, and complete the conversation.

const skip = sharedFolder() ? false : 'the shared folder with the WSDL is absent';

const AT = Temporal.Instant.from('2023-10-20T12:00:00Z');
const OCTOBER = sampleCatalogue({ from: '2023-10', to: '2023-10', definitionsEvery: 40 });
const SERVER_2019 = 'f702a48c-919b-45d6-9aef-ca4248d50397';
const CUMULATIVE = '2cdde6c5-05a9-4a82-b5de-c5ffdcb5a618';

async function scanned(client: Client, cookie: object): Promise<{ updates: Map<number, UpdateInfo>; cookie: object }> {
  const updates = new Map<number, UpdateInfo>();
  let current = cookie;
  for (let round = 0; round < 20; round++) {
    const ids = (isLeaf: boolean) => {
      const int = [...updates.values()].filter((update) => update.IsLeaf === isLeaf).map(({ ID }) => ID);
      return int.length > 0 ? { int } : undefined;
    };
    const { SyncUpdatesResult: info } = await call<{ SyncUpdatesResult: SyncInfo }>(client, 'SyncUpdates', {
      cookie: current,
      parameters: {
        ExpressQuery: false,
        InstalledNonLeafUpdateIDs: ids(false),
        OtherCachedUpdateIDs: ids(true),
        SkipSoftwareSync: false,
      },
    });
    current = info.NewCookie;
    const fresh = info.NewUpdates?.UpdateInfo ?? [];
    for (const update of fresh) updates.set(update.ID, update);
    if (!info.Truncated && fresh.every(({ IsLeaf }) => IsLeaf)) return { updates, cookie: current };
  }
  throw new Error('the scan did not end');
}

async function conversation(service: ClientService, base: string, isModern: boolean): Promise<void> {
  const client = await generated('wsdl-ClientWebService.wsdl', `${base}/ClientWebService/client.asmx`, isModern);

  const { GetConfigResult: config } = await call<{ GetConfigResult: Config }>(client, 'GetConfig', {
    protocolVersion: '2.50',
  });
  assert.equal(config.IsRegistrationRequired, true);
  const [plugIn] = config.AuthInfo.AuthPlugInInfo;
  assert.ok(plugIn);
  assert.equal(plugIn.PlugInID, 'SimpleTargeting');
  const properties = new Map(config.Properties.ConfigurationProperty.map(({ Name, Value }) => [Name, Value]));
  assert.deepEqual([properties.get('ProtocolVersion'), properties.get('MaxExtendedUpdatesPerRequest')], ['3.2', '50']);

  const auth = await generated('wsdl-SimpleAuth.wsdl', plugIn.ServiceUrl, isModern);
  const { GetAuthorizationCookieResult } = await call<{ GetAuthorizationCookieResult: object }>(
    auth,
    'GetAuthorizationCookie',
    {
      clientId: CLIENT_ID,
      targetGroupName: '',
      dnsName: 'wsdl.example.com',
    },
  );
  const { GetCookieResult: cookie } = await call<{ GetCookieResult: Cookie }>(client, 'GetCookie', {
    authCookies: { AuthorizationCookie: [GetAuthorizationCookieResult] },
    lastChange: config.LastChange.toISOString(),
    currentTime: AT.toString(),
    protocolVersion: '2.50',
  });
  assert.equal(cookie.Expiration.toISOString(), '2023-10-20T13:00:00.000Z');

  await call(client, 'RegisterComputer', { cookie, computerInfo: COMPUTER });
  const row = await findServerByClientId(service.pool, CLIENT_ID);
  assert.deepEqual([row?.dnsName, row?.osBuild, row?.productType], ['wsdl.example.com', 17763, 3]);

  const categories = await call<Record<'preferredCategoryIds' | 'requestedCategoryIdsInError', { guid: string[] }>>(
    client,
    'StartCategoryScan',
    {
      requestedCategories: {
        CategoryRelationship: [
          { IndexOfAndGroup: 0, CategoryId: SERVER_2019 },
          { IndexOfAndGroup: 1, CategoryId: '00000000-0000-4000-8000-000000000001' },
        ],
      },
    },
  );
  assert.deepEqual(categories.preferredCategoryIds.guid, [SERVER_2019]);
  assert.deepEqual(categories.requestedCategoryIdsInError.guid, ['00000000-0000-4000-8000-000000000001']);

  const { updates, cookie: later } = await scanned(client, cookie);
  const cumulative = [...updates.values()].find(({ Xml }) => Xml.includes(CUMULATIVE));
  assert.ok(cumulative);
  assert.match(cumulative.Xml, new RegExp(`^<UpdateIdentity UpdateID="${CUMULATIVE}" RevisionNumber="1" ?/>`));
  assert.deepEqual(
    { ...cumulative.Deployment, ID: 0 },
    {
      ID: 0,
      Action: 'Install',
      IsAssigned: true,
      LastChangeTime: '2023-10-20',
      AutoSelect: '0',
      AutoDownload: '0',
      SupersedenceBehavior: '0',
    },
  );
  const { SyncUpdatesResult: drivers } = await call<{ SyncUpdatesResult: SyncInfo }>(client, 'SyncUpdates', {
    cookie: later,
    parameters: { ExpressQuery: false, SystemSpec: { Device: [DEVICE] }, SkipSoftwareSync: true },
  });
  assert.deepEqual([drivers.NewUpdates ?? undefined, drivers.DriverSyncNotNeeded], [undefined, 'true']);

  const { RefreshCacheResult } = await call<{
    RefreshCacheResult: { RefreshCacheResult: { RevisionID: number; GlobalID: { UpdateID: string } }[] };
  }>(client, 'RefreshCache', {
    cookie: later,
    globalIDs: { UpdateIdentity: [{ UpdateID: CUMULATIVE, RevisionNumber: 1 }] },
  });
  const [refreshed] = RefreshCacheResult.RefreshCacheResult;
  assert.deepEqual([refreshed?.RevisionID, refreshed?.GlobalID.UpdateID], [cumulative.ID, CUMULATIVE]);

  await detailsAndFiles(client, later, updates);

  const { SyncPrinterCatalogResult } = await call<{ SyncPrinterCatalogResult: SyncInfo }>(
    client,
    'SyncPrinterCatalog',
    { cookie: later },
  );
  assert.equal(SyncPrinterCatalogResult.Truncated, false);

  const reporting = `${base}/ReportingWebService/ReportingWebService.asmx`;
  const reports = await generated('wsdl-ReportingWebService-client.wsdl', reporting, isModern);
  const { ReportEventBatchResult } = await call<{ ReportEventBatchResult: boolean }>(reports, 'ReportEventBatch', {
    cookie: later,
    clientTime: AT.toString(),
    eventBatch: { ReportingEvent: [EVENT] },
  });
  assert.equal(ReportEventBatchResult, true);
  const { rows } = await service.pool.query('select event_id, details from event where server_id = $1', [
    row?.serverId,
  ]);
  assert.equal(rows.length, 1);
  assert.deepEqual([rows[0].event_id, rows[0].details.strings], [147, ['3']]);
}

async function detailsAndFiles(client: Client, cookie: object, updates: Map<number, UpdateInfo>): Promise<void> {
  const part = [...updates.values()].find(({ Xml }) => Xml.includes('ca0df228-d190-50f8-b1c0-8a24429f4daf'));
  const file = OCTOBER.payloads.find(({ name }) => name === 'windows10.0-kb5031361-x64.cab');
  assert.ok(part && file);
  const wanted = {
    infoTypes: { XmlUpdateFragmentType: ['Extended', 'LocalizedProperties'] },
    locales: { string: ['en-US', 'en'] },
  };
  const { GetExtendedUpdateInfoResult: info } = await call<{ GetExtendedUpdateInfoResult: ExtendedInfo }>(
    client,
    'GetExtendedUpdateInfo',
    {
      cookie,
      revisionIDs: { int: [part.ID, 999_999] },
      ...wanted,
    },
  );
  assert.deepEqual(
    info.Updates.Update.map(({ ID, Xml }) => [ID, /^<(\w+)/.exec(Xml)?.[1]]),
    [
      [part.ID, 'ExtendedProperties'],
      [part.ID, 'LocalizedProperties'],
    ],
  );
  assert.deepEqual(info.OutOfScopeRevisionIDs?.int, [999_999]);
  const [location] = info.FileLocations.FileLocation;
  assert.ok(location);
  assert.equal(location.FileDigest, file.digests.sha1);
  assert.match(location.Url, /^http:\/\/download\.windowsupdate\.com\//);
  assert.ok(!location.Url.includes(contentPath(file)), 'not held here');

  const { GetExtendedUpdateInfo2Result: same } = await call<{ GetExtendedUpdateInfo2Result: ExtendedInfo }>(
    client,
    'GetExtendedUpdateInfo2',
    {
      cookie,
      updateIDs: { UpdateIdentity: [{ UpdateID: 'ca0df228-d190-50f8-b1c0-8a24429f4daf', RevisionNumber: 1 }] },
      ...wanted,
    },
  );
  assert.deepEqual(same.Updates, info.Updates);
  assert.deepEqual(same.FileLocations, info.FileLocations);

  const { GetFileLocationsResult: files } = await call<{ GetFileLocationsResult: { FileLocations: Locations } }>(
    client,
    'GetFileLocations',
    {
      cookie,
      fileDigests: { base64Binary: [file.digests.sha1, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='] },
    },
  );
  assert.deepEqual(files.FileLocations.FileLocation, [location]);
}

for (const version of ['1.1', '1.2']) {
  test(`a generated client completes the conversation over SOAP ${version}`, { skip }, async (t) => {
    const service = await clientService(t, { at: AT, documents: OCTOBER.documents });
    const { token } = await service.addCustomer(1);
    await conversation(service, `${service.url}/${token}`, version === '1.2');
  });
}

test('a generated client understands a fault', { skip }, async (t) => {
  const service = await clientService(t, { at: AT });
  for (const isModern of [false, true]) {
    const url = `${service.url}/ClientWebService/client.asmx`;
    const client = await generated('wsdl-ClientWebService.wsdl', url, isModern);
    const cookie = { Expiration: AT.toString(), EncryptedData: 'AAAA' };
    await assert.rejects(call(client, 'SyncPrinterCatalog', { cookie }), (error: ToolkitFault) => {
      const { detail, Detail } = error.root.Envelope.Body.Fault;
      const { ErrorCode, Method } = detail ?? Detail ?? {};
      assert.deepEqual([ErrorCode, String(Method).endsWith('SyncPrinterCatalog"')], ['InvalidCookie', true]);
      return true;
    });
  }
});
