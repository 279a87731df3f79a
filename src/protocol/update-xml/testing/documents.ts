/** Namespaces of the update schemas by their usual prefixes. */
export const NAMESPACES = {
  upd: 'http://schemas.microsoft.com/msus/2002/12/Update',
  bar: 'http://schemas.microsoft.com/msus/2002/12/BaseApplicabilityRules',
  lar: 'http://schemas.microsoft.com/msus/2002/12/LogicalApplicabilityRules',
  mar: 'http://schemas.microsoft.com/msus/2002/12/MsiApplicabilityRules',
  drv: 'http://schemas.microsoft.com/msus/2002/12/UpdateHandlers/WindowsDriver',
  cat: 'http://schemas.microsoft.com/msus/2002/12/UpdateHandlers/Category',
  cmd: 'http://schemas.microsoft.com/msus/2002/12/UpdateHandlers/CommandLineInstallation',
  cbs: 'http://schemas.microsoft.com/msus/2002/12/UpdateHandlers/Cbs',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

/** The parts of a document; each is XML with the usual prefixes. */
export interface DocumentParts {
  readonly identity?: string;
  readonly properties?: string;
  readonly texts?: string;
  readonly relationships?: string;
  readonly rules?: string;
  readonly files?: string;
  readonly handlerData?: string;
}

const DECLARATIONS = Object.entries(NAMESPACES)
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('');

/** A small valid document of a software update, with some parts replaced. */
export function documentOf(parts: DocumentParts = {}): string {
  const {
    identity = '<upd:UpdateIdentity UpdateID="266F6222-c89d-43f2-9f8a-69340271e677" RevisionNumber="200" />',
    properties = '<upd:Properties UpdateType="Software" DefaultPropertiesLanguage="en" CreationDate="2026-10-04T12:00:58.287Z" />',
    texts = '<upd:LocalizedPropertiesCollection><upd:LocalizedProperties><upd:Language>en</upd:Language><upd:Title>An update</upd:Title></upd:LocalizedProperties></upd:LocalizedPropertiesCollection>',
    relationships = '',
    rules = '',
    files = '',
    handlerData = '',
  } = parts;
  return `<upd:Update${DECLARATIONS}>${identity}${properties}${texts}${relationships}${rules}${files}${handlerData}</upd:Update>`;
}
