import { originOf } from '#domain/approval/origin.ts';
import { OS_GENERATIONS } from '#domain/approval/products.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { approvalFor } from '#domain/decide/questions.ts';
import { NOTHING_REPORTED, PRODUCT_TYPES, type ServerFacts, type Target } from '#domain/fleet/server.ts';
import { earliest, isBefore } from '#domain/instants.ts';

/** What holds for an update on the servers that it is made for: what lists show, where no server is asked about. */
export interface UpdateVerdict {
  readonly update: Revision;
  readonly verdict: 'approve' | 'not-approve' | 'review';
  /** The rule or the person that decided. */
  readonly rule: string;
  readonly reason: string;
}

interface Overview {
  readonly verdicts: readonly UpdateVerdict[];
  readonly from: Temporal.Instant;
  readonly until?: Temporal.Instant;
}

/** A memo beside immutable facts; it goes when they go. */
const memo = new WeakMap<Facts, Overview>();

/** The verdicts on every update that people approve, persons' words for all customers included; newest publication first. */
export function verdictsOf(facts: Facts, at: Temporal.Instant): readonly UpdateVerdict[] {
  const known = memo.get(facts);
  if (known && !isBefore(at, known.from) && (!known.until || isBefore(at, known.until))) return known.verdicts;
  const asked = facts.catalogue.deployable.map((update) => ({ update, approval: approvalOfAny(update, facts, at) }));
  const until = earliest(asked.map(({ approval }) => approval.until));
  const verdicts = asked
    .map(({ update, approval: { verdict, by: rule, reason } }): UpdateVerdict => ({ update, verdict, rule, reason }))
    .sort((a, b) => comparePublication(a.update, b.update));
  memo.set(facts, { verdicts, from: at, ...(until ? { until } : {}) });
  return verdicts;
}

/** Newest first; of one instant the revision that came later. */
export function comparePublication(
  a: Pick<Revision, 'published' | 'revisionId'>,
  b: Pick<Revision, 'published' | 'revisionId'>,
): number {
  return Temporal.Instant.compare(b.published, a.published) || b.revisionId - a.revisionId;
}

function approvalOfAny(update: Revision, facts: Facts, at: Temporal.Instant) {
  return approvalFor({ server: { ...ANY_SERVER, target: madeFor(update, facts.catalogue) }, update, facts, at });
}

/** A server of the oldest Windows generation that the update covers; for what is not Windows, of the newest there is. */
function madeFor(update: Revision, catalogue: Catalogue): Target {
  const osBuild = originOf(update, catalogue).osBuild ?? OS_GENERATIONS.at(-1);
  return { productType: PRODUCT_TYPES.server, ...(osBuild === undefined ? {} : { osBuild }) };
}

const ANY_SERVER: Omit<ServerFacts, 'target'> = {
  serverId: '',
  zone: 'Etc/UTC',
  mode: 'managed',
  ...NOTHING_REPORTED,
};
