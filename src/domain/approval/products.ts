import type { UpdateId } from '#domain/catalogue/revision.ts';

/**
 * What a product is to the approval policy. `windows` is the operating system itself; `addon` is a Microsoft product beside it;
 * `local` is what an installation publishes itself.
 */
export type ProductKind =
  | 'windows'
  | 'defender'
  | 'office'
  | 'dynamic-update'
  | 'driver'
  | 'browser'
  | 'addon'
  | 'local';

/** A product category. `osBuild` is the lowest Windows build that the product covers: its generation. */
export interface Product {
  readonly id: UpdateId;
  readonly title: string;
  readonly kind: ProductKind;
  readonly osBuild?: number;
}

/** Categories above the products, the same in every catalogue. */
export const MICROSOFT: UpdateId = '56309036-4c77-4dd9-951a-99ee9c246a94';
export const WINDOWS_FAMILY: UpdateId = '6964aab4-c5b5-43bd-a17d-ffb4346a8e1d';
export const OFFICE_FAMILY: UpdateId = '477b856e-65c4-4473-b621-a8b230bb70d9';

/** The products that rules are written about. Others are known by their GUID and by the title in the catalogue. */
export const PRODUCTS: readonly Product[] = [
  windows('dbf57a08-0d5a-46ff-b30c-7715eb9498e9', 'Windows Server 2003', 3790),
  windows('ba0ae9cc-5f01-40b4-ac3f-50192b5d6aaf', 'Windows Server 2008', 6001),
  windows('fdfe8200-9d98-44ba-a12a-772282bf60ef', 'Windows Server 2008 R2', 7600),
  windows('a105a108-7c9b-4518-bbbe-73f0fe30012b', 'Windows Server 2012', 9200),
  windows('d31bd4c3-d872-41c9-a2e7-231f372588cb', 'Windows Server 2012 R2', 9600),
  windows('569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5', 'Windows Server 2016', 14393),
  windows('e1e98a63-714b-44dd-8699-48021d0183ef', 'Windows Server 2016 for RS4', 17134),
  windows('f702a48c-919b-45d6-9aef-ca4248d50397', 'Windows Server 2019', 17763),
  windows('2a29bb74-e93b-4f03-9b7f-750ef71a6dd0', 'Windows Server 2019 Datacenter: Azure Edition Hotpatch', 17763),
  windows('21210d67-50bc-4254-a695-281765e10665', 'Windows Server, version 1903 and later', 18362),
  windows('71718f13-7324-4b0f-8f9e-2ca9dc978e53', 'Microsoft Server operating system-21H2', 20348),
  windows('97b08ca0-db59-468d-8c47-0ecaad647997', 'Server 2022 Hotpatch Category', 20348),
  windows('2c7888b6-f9e9-4ee9-87af-a77705193893', 'Microsoft Server Operating System-22H2', 20349),
  windows('607efb8d-feed-48a0-930e-14d0cf2da71f', 'Microsoft Server Operating System-23H2', 25398),
  windows('b256987d-4693-4c87-955d-dbb9341205eb', 'Microsoft Server Operating System-24H2', 26100),
  windows('bfe5b177-a086-47a0-b102-097e4fa1f807', 'Windows 7', 7600),
  windows('6407468e-edc7-4ecd-8c32-521f64cee65e', 'Windows 8.1', 9600),
  windows('a3c2375d-0c8a-42f9-bce0-28333e198407', 'Windows 10', 10240),
  windows('d2085b71-5f1f-43a9-880d-ed159016d5c6', 'Windows 10 LTSB', 10240),
  windows('b3c75dc1-155f-4be4-b015-3f1a91758e52', 'Windows 10, version 1903 and later', 18362),
  windows('72e7624a-5b00-45d2-b92f-e561c0a6a160', 'Windows 11', 22000),
  { id: WINDOWS_FAMILY, title: 'Windows', kind: 'windows' },

  product('8c3fcc84-7410-4a95-8b89-a166a0190486', 'Microsoft Defender Antivirus', 'defender'),
  product('52561474-cdfa-4717-8692-bf8d58abc425', 'Microsoft Defender for Endpoint', 'addon'),
  product('2d2a68ab-50ca-4d80-b96c-757bc32024c7', 'Windows Security platform', 'defender'),
  product('a38c835c-2950-4e87-86cc-6911a52c34a3', 'System Center Endpoint Protection', 'addon'),

  product('dd1aa213-54e7-4173-8456-b278964a26b6', 'Windows Safe OS Dynamic Update', 'dynamic-update'),
  product('470bd53a-c36a-448f-b620-91feede01946', 'Windows 10 and later GDR-DU', 'dynamic-update'),
  product('e4b04398-adbd-4b69-93b9-477322331cd3', 'Windows 10 and later Dynamic Update', 'dynamic-update'),
  product('dd78b8a1-0b20-45c1-add6-4da72e9364cf', 'OOBE ZDP', 'dynamic-update'),

  product('f3c2263d-b256-4c49-a246-973c0e366449', 'Windows Server 2012 R2 and later drivers', 'driver'),
  product('3c54bb6c-66d1-4a79-884c-8a0c96fa20d1', 'Windows Server 2016 and Later Servicing Drivers', 'driver'),
  product('b645dd0f-2965-43e8-b055-8ea47e2d71d7', 'Windows Server 2019 and later, Servicing Drivers', 'driver'),
  product(
    '11723676-6eb1-4cf6-b86a-6fae8e2d5f1e',
    'Microsoft Server operating system 21H2 and later, Servicing Drivers',
    'driver',
  ),

  product('cb263e3f-6c5a-4b71-88fa-1706f9549f51', 'Internet Explorer 7 Dynamic Installer', 'browser'),
  product('5312e4f1-6372-442d-aeb2-15f2132c9bd7', 'Internet Explorer 8 Dynamic Installer', 'browser'),
  product('69010383-ff55-4227-bd6c-d91c26f2643b', 'Microsoft Edge', 'addon'),

  product(OFFICE_FAMILY, 'Office', 'office'),
  product('041e4f9f-3a3d-4f58-8b2f-5e6fe95c4591', 'Office 2007', 'office'),
  product('84f5f325-30d7-41c4-81d1-87a0e6535b66', 'Office 2010', 'office'),
  product('704a0a4a-518f-4d69-9e03-10ba44198bd5', 'Office 2013', 'office'),
  product('25aed893-7c2d-4a31-ae22-28ff8ac150ed', 'Office 2016', 'office'),
  product('30eb551c-6288-4716-9a78-f300ec36d72b', 'Microsoft 365 Apps/Office 2019/Office LTSC', 'office'),

  product('6c5f2e66-7dbc-4c59-90a7-849c4c649d7a', 'SharePoint Server 2019/Office Online Server', 'addon'),
  product('bc0fee21-742f-4d06-8b37-4fd520873c74', 'SharePoint Server Subscription Edition', 'addon'),
  product('60916385-7546-4e9b-836e-79d65e517bab', 'Microsoft SQL Server 2005', 'addon'),
  product('c5f0b23c-e990-4b71-9808-718d353f533a', 'Microsoft SQL Server 2008', 'addon'),
  product('bb7bc3a7-857b-49d4-8879-b639cf5e8c3c', 'Microsoft SQL Server 2008 R2', 'addon'),
  product('56750722-19b4-4449-a547-5b68f19eee38', 'Microsoft SQL Server 2012', 'addon'),
  product('caab596c-64f2-4aa9-bbe3-784c6e2ccf9c', 'Microsoft SQL Server 2014', 'addon'),
  product('93f0b0bc-9c20-4ca5-b630-06eb4706a447', 'Microsoft SQL Server 2016', 'addon'),
  product('ca6616aa-6310-4c2d-a6bf-cae700b85e86', 'Microsoft SQL Server 2017', 'addon'),
  product('97b8b817-fce1-44e4-ac26-61127d4604c0', 'Microsoft SQL Server 2019', 'addon'),
  product('aeefa997-63b8-4c01-b19c-c19e1081b4ce', 'Microsoft SQL Server 2022', 'addon'),
  product('f4bde1e9-cf13-4fe4-8416-a28b255defb8', 'SQL Server Management Studio 19', 'addon'),
  product('9b135dd5-fc75-4609-a6ae-fb5d22333ef0', 'Exchange Server 2010', 'addon'),
  product('d3d7c7a6-3e2f-4029-85bf-b59796b82ce7', 'Exchange Server 2013', 'addon'),
  product('49c3ddde-4df2-4534-980c-83f4e27b23b5', 'Exchange Server 2016', 'addon'),
  product('f7fcd7d7-a163-4b27-970a-48bc02023df1', 'Exchange Server 2019', 'addon'),
  product('7d9ae321-5221-46d8-9614-5302f044cfb1', '.NET Core 2.1', 'addon'),
  product('7d6b797d-392c-45ee-a22f-4082b66212a0', '.NET Core 3.1', 'addon'),
  product('b8267fae-89ab-4540-b17d-21ffd5986e3a', '.NET 5.0', 'addon'),
  product('3a8f2a23-211a-4969-9f10-50ee09f0a2db', '.NET 6.0', 'addon'),
  product('49114095-a4ab-4aa2-9ad1-59e851fcb53a', '.NET 7.0', 'addon'),
  product('64ccdfc7-8e8c-4404-a572-a3daf7dff673', '.NET 8.0', 'addon'),
  product('2ff883b0-b409-4328-ab13-ec77f5bdb864', 'PowerShell - x64', 'addon'),
  product('b1b8f641-1ff2-4ae6-b247-4fe7503787be', 'Windows Admin Center', 'addon'),
  product('5f4177e2-ad09-4066-9050-b7466ad5b078', 'Visual Studio 2019', 'addon'),
  product('12c24e87-bd40-451b-9477-2c2bf501e0d7', 'Visual Studio 2022', 'addon'),
  product('ca006cfb-49eb-439b-880a-1312e1fc9713', 'Windows Insider Pre-Release', 'addon'),
  product('5cc25303-143f-40f3-a2ff-803a1db69955', 'Locally published packages', 'local'),
];

/** The lowest builds of all known Windows generations, ascending, each once. */
export const OS_GENERATIONS: readonly number[] = [
  ...new Set(PRODUCTS.flatMap(({ osBuild }) => (osBuild === undefined ? [] : [osBuild]))),
].sort((a, b) => a - b);

/** The generation of a Windows product that this table does not know yet: newer than all that it knows. */
export const UNKNOWN_GENERATION = (OS_GENERATIONS.at(-1) ?? 0) + 1;

const BY_ID: ReadonlyMap<UpdateId, Product> = new Map(PRODUCTS.map((known) => [known.id, known]));
const BY_TITLE: ReadonlyMap<string, Product> = new Map(PRODUCTS.map((known) => [known.title.toLowerCase(), known]));

/** The exact forms of title that Microsoft gives to Windows itself; drivers, language packs and tools of Windows have others. */
const WINDOWS_TITLE =
  /^(windows server \d{4}( r2)?|windows server, version \w+( and later)?|microsoft server operating system-\w+|windows \d+(\.\d)?( lts[bc])?|windows \d+, version \w+( and later)?)$/i;

/**
 * What is known of a product: by its update id, else by its title in the catalogue (Microsoft has listed some products twice). A
 * Windows that is not in the table counts as newer than every known one, so that nobody is upgraded by surprise.
 */
export function knownProduct(id: UpdateId, title: string): Product | undefined {
  const known = BY_ID.get(id) ?? BY_TITLE.get(title.toLowerCase());
  if (known) return known;
  return WINDOWS_TITLE.test(title) ? windows(id, title, UNKNOWN_GENERATION) : undefined;
}

function windows(id: UpdateId, title: string, osBuild: number): Product {
  return { id, title, kind: 'windows', osBuild };
}

function product(id: UpdateId, title: string, kind: ProductKind): Product {
  return { id, title, kind };
}
