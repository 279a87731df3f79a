import { updateClass } from '#domain/approval/update-class.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import type { UpdateVerdict } from '#domain/decide/overview.ts';
import { linksOf } from '#server/api/links.ts';

/** What an update is called wherever one is named. */
export function updateName({ updateId, revisionNumber, title, kb }: Revision) {
  return { updateId, revisionNumber, title, ...(kb === undefined ? {} : { kb }) };
}

/** An update as lists show it. */
export function updateRow({ update, verdict, rule }: UpdateVerdict, { catalogue }: Facts) {
  const classification = catalogue.classification(update);
  return {
    ...updateName(update),
    class: updateClass(update, catalogue),
    products: catalogue.products(update).map((id) => catalogue.categoryTitle(id)),
    published: update.published.toString(),
    reboot: catalogue.reboot(update),
    removable: update.removable,
    size: catalogue.payload(update).reduce((sum, { size }) => sum + size, 0),
    expired: update.publicationState === 'Expired',
    superseded: catalogue.successors(update.updateId).size > 0,
    verdict,
    rule,
    links: linksOf(update, catalogue),
    ...(classification === undefined ? {} : { classification: catalogue.categoryTitle(classification) }),
    ...(update.severity === undefined ? {} : { severity: update.severity }),
  };
}
