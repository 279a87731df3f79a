import { OS_GENERATIONS, PRODUCTS } from '#domain/approval/products.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { Revision, UpdateId } from '#domain/catalogue/revision.ts';
import type { Target } from '#domain/fleet/server.ts';

/** What narrows a choice among updates that fit a name alike. */
export interface Preference {
  /** Updates that the server told of. */
  readonly reported: ReadonlySet<UpdateId>;
  readonly target: Target;
}

export type UpdateSearch =
  | { readonly ok: true; readonly update: Revision }
  | { readonly ok: false; readonly code: 'not-found' }
  | { readonly ok: false; readonly code: 'ambiguous'; readonly candidates: readonly Revision[] };

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KB = /^(?:kb)?(\d{5,8})$/;
const MOST_CANDIDATES = 20;

/**
 * The update that a person names: by update id, by KB number with or without "KB", or by its title or a part of it, in any letter case.
 * Where several fit, those that the server reported are preferred, then those for its version of Windows.
 */
export function findUpdate(catalogue: Catalogue, name: string, preference?: Preference): UpdateSearch {
  const wanted = name.trim().toLowerCase();
  if (GUID.test(wanted)) {
    const known = catalogue.latest(wanted);
    return pick(known ? [known] : []);
  }
  const kb = KB.exec(wanted)?.[1];
  const fitting = kb ? catalogue.deployable.filter((update) => update.kb === kb) : titled(catalogue, wanted);
  return pick(preference ? narrowed(fitting, catalogue, preference) : fitting);
}

/** Whether an update names the Windows generation of this machine among its products; true for what is not Windows itself. */
export function fitsTarget(update: Revision, catalogue: Catalogue, { osBuild }: Target): boolean {
  const builds = catalogue.products(update).flatMap((id) => BUILDS.get(id) ?? []);
  if (osBuild === undefined || builds.length === 0) return true;
  const generation = OS_GENERATIONS.findLast((lowest) => lowest <= osBuild);
  return generation !== undefined && builds.includes(generation);
}

const BUILDS: ReadonlyMap<UpdateId, number> = new Map(
  PRODUCTS.flatMap(({ id, osBuild }) => (osBuild === undefined ? [] : [[id, osBuild] as const])),
);

function titled(catalogue: Catalogue, wanted: string): readonly Revision[] {
  const containing = catalogue.deployable.filter(({ title }) => title.toLowerCase().includes(wanted));
  const exact = containing.filter(({ title }) => title.toLowerCase() === wanted);
  return exact.length > 0 ? exact : containing;
}

function narrowed(
  fitting: readonly Revision[],
  catalogue: Catalogue,
  { reported, target }: Preference,
): readonly Revision[] {
  const told = fitting.filter(({ updateId }) => reported.has(updateId));
  if (told.length > 0) return told;
  const made = fitting.filter((update) => fitsTarget(update, catalogue, target));
  return made.length > 0 ? made : fitting;
}

function pick(fitting: readonly Revision[]): UpdateSearch {
  const [update, second] = fitting;
  if (!update) return { ok: false, code: 'not-found' };
  if (second) return { ok: false, code: 'ambiguous', candidates: fitting.slice(0, MOST_CANDIDATES) };
  return { ok: true, update };
}
