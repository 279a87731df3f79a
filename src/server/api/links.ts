import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Where Microsoft tells of an update: its article and, for security updates, the release notes of its month. */
export function linksOf(update: Revision, catalogue: Catalogue) {
  const { year, month } = update.published.toZonedDateTimeISO('UTC');
  const isSecurity = catalogue.classification(update) === CLASSIFICATION.security;
  return {
    ...(update.kb ? { knowledgeBase: `https://support.microsoft.com/help/${update.kb}` } : {}),
    ...(isSecurity
      ? { securityUpdateGuide: `https://msrc.microsoft.com/update-guide/releaseNote/${year}-${MONTHS[month - 1]}` }
      : {}),
  };
}
