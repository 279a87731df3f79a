import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { MICROSOFT, OFFICE_FAMILY, WINDOWS_FAMILY } from '#domain/approval/products.ts';
import type { CategoryType, UpdateId } from '#domain/catalogue/revision.ts';
import type { DocumentFacts } from './document.ts';
import { HANDLERS } from './handlers.ts';
import { MICROSOFT_PUBLISHER } from './identity.ts';
import { SYSTEM_NAMES, SYSTEMS } from './operating-systems.ts';
import { type RuleXml, serverBuild, TRUE } from './rules.ts';
import { element } from './xml.ts';

/** Update ids of classifications by their titles. */
export const CLASSIFICATIONS = {
  'Security Updates': CLASSIFICATION.security,
  'Critical Updates': CLASSIFICATION.critical,
  'Definition Updates': CLASSIFICATION.definition,
  'Update Rollups': CLASSIFICATION.rollup,
  Updates: CLASSIFICATION.update,
  'Service Packs': CLASSIFICATION.servicePack,
  'Feature Packs': CLASSIFICATION.featurePack,
  Tools: CLASSIFICATION.tool,
  Drivers: CLASSIFICATION.driver,
  Upgrades: CLASSIFICATION.upgrade,
  Applications: CLASSIFICATION.application,
} as const;

export type ClassificationTitle = keyof typeof CLASSIFICATIONS;

const COMPANIES = {
  microsoft: MICROSOFT,
  localPublisher: '7c40e8c2-01ae-47f5-9af2-6e75a0582518',
} as const;

const FAMILIES = {
  windows: WINDOWS_FAMILY,
  office: OFFICE_FAMILY,
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
