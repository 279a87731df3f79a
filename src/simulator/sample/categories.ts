import type { CategoryType, UpdateId } from '#domain/catalogue/revision.ts';
import type { DocumentFacts } from './document.ts';
import { HANDLERS } from './handlers.ts';
import { MICROSOFT_PUBLISHER } from './identity.ts';
import { SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import { type RuleXml, serverBuild, TRUE } from './rules.ts';
import { element } from './xml.ts';

/** Update ids of classifications, as Microsoft publishes them. */
export const CLASSIFICATIONS = {
  'Security Updates': '0fa1201d-4330-4fa8-8ae9-b877473b6441',
  'Critical Updates': 'e6cf1350-c01b-414d-a61f-263d14d133b4',
  'Definition Updates': 'e0789628-ce08-4437-be74-2495b842f43b',
  'Update Rollups': '28bc880e-0592-4cbf-8f95-c79b17911d5f',
  Updates: 'cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83',
  'Service Packs': '68c5b0a3-d1a6-4553-ae49-01d3a7827828',
  'Feature Packs': 'b54e7d24-7add-428f-8b75-90a396fa584f',
  Tools: 'b4832bd8-e735-4761-8daf-37f882276dab',
  Drivers: 'ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0',
  Upgrades: '3689bdc8-b205-4af4-8d4a-a63924c5e9d5',
  Applications: '5c9376ab-8ce6-464a-b136-22113dd69801',
} as const;

export type ClassificationTitle = keyof typeof CLASSIFICATIONS;

const COMPANIES = {
  microsoft: '56309036-4c77-4dd9-951a-99ee9c246a94',
  localPublisher: '7c40e8c2-01ae-47f5-9af2-6e75a0582518',
} as const;

const FAMILIES = {
  windows: '6964aab4-c5b5-43bd-a17d-ffb4346a8e1d',
  office: '477b856e-65c4-4473-b621-a8b230bb70d9',
} as const;

/** Update ids of products other than the operating systems. */
export const PRODUCTS = {
  defender: '8c3fcc84-7410-4a95-8b89-a166a0190486',
  office2016: '25aed893-7c2d-4a31-ae22-28ff8ac150ed',
  sqlServer2019: '97b8b817-fce1-44e4-ac26-61127d4604c0',
  serverDrivers: 'b645dd0f-2965-43e8-b055-8ea47e2d71d7',
  locallyPublished: '5cc25303-143f-40f3-a2ff-803a1db69955',
} as const;

/**
 * Categories as documents: companies, families, products, classifications. The identities are Microsoft's; a server's own product is
 * "installed" by its build. Revision 1, so that a revision from a real upstream server always replaces it.
 */
export function categoryDocuments(): readonly DocumentFacts[] {
  const { microsoft, localPublisher } = COMPANIES;
  const { windows, office } = FAMILIES;
  return [
    category('Company', microsoft, 'Microsoft', undefined),
    category('Company', localPublisher, 'Local Publisher', undefined),
    category('ProductFamily', windows, 'Windows', microsoft),
    category('ProductFamily', office, 'Office', microsoft),
    ...Object.entries(CLASSIFICATIONS).map(([title, id]) => category('UpdateClassification', id, title, undefined)),
    ...SYSTEM_NAMES.map((name) => {
      const { product, productTitle, build } = SYSTEMS[name];
      return category('Product', product, productTitle, windows, serverBuild('EqualTo', build));
    }),
    category('Product', PRODUCTS.defender, 'Microsoft Defender Antivirus', windows),
    category('Product', PRODUCTS.serverDrivers, 'Windows Server 2019 and later, Servicing Drivers', windows),
    category('Product', PRODUCTS.office2016, 'Office 2016', office),
    category('Product', PRODUCTS.sqlServer2019, 'Microsoft SQL Server 2019', microsoft),
    category('Product', PRODUCTS.locallyPublished, 'Locally published packages', localPublisher),
  ];
}

function category(
  type: CategoryType,
  updateId: UpdateId,
  title: string,
  parent: UpdateId | undefined,
  isInstalled: RuleXml = TRUE,
): DocumentFacts {
  const isProduct = type === 'Product';
  const isTop = type === 'Company' || type === 'ProductFamily';
  const information = element('cat:CategoryInformation', {
    CategoryType: type,
    ProhibitsSubcategories: isProduct || type === 'UpdateClassification',
    ProhibitsUpdates: isTop,
  });
  return {
    updateId,
    // As Microsoft's own documents of these types do, while everybody refers to them in lower case.
    ...(isTop ? { writtenId: updateId.toUpperCase() } : {}),
    revisionNumber: 1,
    updateType: 'Category',
    publisher: MICROSOFT_PUBLISHER,
    published: '2016-10-12T17:00:00Z',
    texts: [
      { language: 'en', title },
      { language: 'de', title },
    ],
    prerequisites: parent === undefined ? [] : [{ anyOf: [parent], isCategory: true }],
    rules: { isInstalled },
    handler: { namespace: HANDLERS.category, type: 'cat:Category', data: information },
  };
}
