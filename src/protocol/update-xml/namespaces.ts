const MSUS = 'http://schemas.microsoft.com/msus/';

/** Namespace of `Update` and of everything that is not a rule or handler data. */
export const UPDATE = `${MSUS}2002/12/Update`;
/** Namespace of `CategoryInformation`. */
export const CATEGORY_HANDLER = `${MSUS}2002/12/UpdateHandlers/Category`;

const FRAGMENT_PREFIXES: ReadonlyMap<string, string> = new Map([
  [`${MSUS}2002/12/BaseApplicabilityRules`, 'b.'],
  [`${MSUS}2002/12/MsiApplicabilityRules`, 'm.'],
  [`${MSUS}2002/12/UpdateHandlers/WindowsDriver`, 'd.'],
]);

/** The text that stands before a local name in a fragment, in place of the namespace: `b.`, `m.`, `d.` or nothing. */
export function fragmentPrefix(namespace: string): string {
  return FRAGMENT_PREFIXES.get(namespace) ?? '';
}

/** True for blobs of other schemas (servicing manifests, MSI patch data): they keep their `xmlns` in fragments. */
export function isForeign(namespace: string): boolean {
  return namespace !== '' && !namespace.startsWith(MSUS);
}
