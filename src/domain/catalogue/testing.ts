import fc from 'fast-check';
import type { Revision, UpdateId, UpdateType } from '#domain/catalogue/revision.ts';

/** For tests: a GUID that says which of their updates it is. */
export function updateIdOf(number: number): UpdateId {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A revision with what a test says, and otherwise the plainest software update. */
export function revisionOf(facts: Partial<Revision> & { readonly revisionId: number }): Revision {
  return {
    updateId: updateIdOf(facts.revisionId),
    revisionNumber: 1,
    updateType: 'Software',
    title: `Update ${facts.revisionId}`,
    published: Temporal.Instant.from('2023-10-10T17:00:00Z'),
    publicationState: 'Published',
    explicitlyDeployable: true,
    isBeta: false,
    reboot: 'NeverReboots',
    impact: 'Normal',
    removable: false,
    prerequisites: [],
    bundles: [],
    supersedes: [],
    files: [],
    ...facts,
  };
}

const MISSING = updateIdOf(0xffff);
const DEPTH = 12;
const TYPES: readonly UpdateType[] = ['Category', 'Detectoid', 'Software', 'Software', 'Software', 'Driver'];

const sketch = fc.record({
  type: fc.constantFrom(...TYPES),
  revisions: fc.array(
    fc.record({
      order: fc.nat(9999),
      clauses: fc.array(fc.array(fc.nat(9999), { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
      parts: fc.array(fc.array(fc.tuple(fc.nat(9999), fc.nat(3)), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      replaced: fc.array(fc.nat(9999), { maxLength: 2 }),
      hasParts: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
type Sketch = typeof sketch extends fc.Arbitrary<infer T> ? T : never;

/**
 * Whole catalogues: categories, detectoids, software, drivers; up to three revisions of each; clauses of one to three updates, some of
 * which do not exist; bundles of exact revisions. Everything is at most twelve levels deep, unless cycles are asked for.
 */
export function catalogueRevisions({ cycles }: { readonly cycles: boolean }): fc.Arbitrary<readonly Revision[]> {
  return fc
    .array(sketch, { minLength: 1, maxLength: 40, size: 'max' })
    .map((sketches) => drawRevisions(sketches, cycles));
}

function drawRevisions(sketches: readonly Sketch[], cycles: boolean): readonly Revision[] {
  const drawn = sketches.flatMap(({ type, revisions }, number) => {
    const level = Math.floor((number * DEPTH) / sketches.length);
    const reachable = cycles ? sketches.length : Math.floor((level * sketches.length) / DEPTH);
    const one = (pick: number) => (pick % 10 === 0 ? MISSING : updateIdOf(pick % reachable));
    const partOf = ([pick, revisionNumber]: readonly [number, number]) => ({
      updateId: updateIdOf(pick % reachable),
      revisionNumber,
    });
    const hasReach = reachable > 0;
    return revisions.map(({ order, clauses, parts, replaced, hasParts }, at) => ({
      order,
      facts: {
        updateId: updateIdOf(number),
        revisionNumber: at + 1,
        updateType: type,
        prerequisites: hasReach ? clauses.map((picks, at) => ({ anyOf: picks.map(one), isCategory: at === 0 })) : [],
        bundles: type === 'Software' && hasParts && hasReach ? parts.map((clause) => clause.map(partOf)) : [],
        supersedes: replaced.map((pick) => updateIdOf(pick % sketches.length)),
      } satisfies Partial<Revision>,
    }));
  });
  const ordered = drawn.toSorted((a, b) => a.order - b.order);
  return ordered.map(({ facts }, at) => revisionOf({ revisionId: 100 + at * 3, ...facts }));
}
