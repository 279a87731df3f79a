import type { PrerequisiteClause, Revision, UpdateIdentity } from '#domain/catalogue/revision.ts';
import { childrenNamed, onlyChild, refusal, type XmlElement } from './element.ts';
import { UPDATE } from './namespaces.ts';
import { booleanAttribute, guidAttribute, identityOf } from './values.ts';

/** How a revision stands to others: [MS-WUSP] 3.1.1.1. */
export type Relationships = Pick<Revision, 'prerequisites' | 'bundles' | 'supersedes'>;

/** Reads `Relationships`; an absent one has none. */
export function relationshipsOf(element: XmlElement | undefined): Relationships {
  return {
    prerequisites: clausesOf(onlyChild(element, 'Prerequisites')).map(prerequisiteOf),
    bundles: clausesOf(onlyChild(element, 'BundledUpdates')).map(bundleOf),
    supersedes: childrenNamed(onlyChild(element, 'SupersededUpdates'), 'UpdateIdentity').map((identity) =>
      guidAttribute(identity, 'UpdateID'),
    ),
  };
}

/** An `UpdateIdentity` is a clause of its own, an `AtLeastOne` is one of several. What else there may be must not be lost. */
function clausesOf(element: XmlElement | undefined): readonly XmlElement[] {
  const clauses = element?.children ?? [];
  for (const clause of clauses) {
    if (clause.namespace !== UPDATE || (clause.name !== 'UpdateIdentity' && clause.name !== 'AtLeastOne')) {
      throw refusal(clause, 'update.unexpected-element', `${clause.name} is not a clause`);
    }
  }
  return clauses;
}

function membersOf(clause: XmlElement): readonly XmlElement[] {
  if (clause.name === 'UpdateIdentity') return [clause];
  const members = childrenNamed(clause, 'UpdateIdentity');
  if (members.length === 0) throw refusal(clause, 'update.empty-clause', 'a clause names no update');
  return members;
}

function prerequisiteOf(clause: XmlElement): PrerequisiteClause {
  return {
    anyOf: membersOf(clause).map((identity) => guidAttribute(identity, 'UpdateID')),
    isCategory: booleanAttribute(clause, 'IsCategory'),
  };
}

function bundleOf(clause: XmlElement): readonly UpdateIdentity[] {
  return membersOf(clause).map(identityOf);
}
