import fc from 'fast-check';
import type { GateFigures } from '#domain/rollout/campaign.ts';
import type { Gate } from '#domain/rollout/rollout-plan.ts';

/** Three verified servers, a day of soak, no failure; nobody is asked. */
export const GATE: Gate = {
  minVerified: 3,
  minPercent: 0,
  maxFailures: 0,
  soakHours: 24,
  noIncident: true,
  ownerTest: 'none',
  go: false,
  tell: [],
};

/** Four servers that need the set, of which nothing has been heard yet. */
export const FIGURES: GateFigures = {
  servers: 4,
  needing: 4,
  told: 0,
  verified: 0,
  failed: 0,
  incidents: 0,
  worked: 0,
  didNot: 0,
  cannotTell: 0,
  owners: 0,
  ownersWorked: 0,
};

/** A wave in which nobody is placed. */
export const EMPTY: GateFigures = { ...FIGURES, servers: 0, needing: 0 };

/** Any gate that a plan may have, its numbers small. */
export const gates: fc.Arbitrary<Gate> = fc.record({
  minVerified: fc.nat(10),
  minPercent: fc.nat(100),
  maxFailures: fc.nat(3),
  soakHours: fc.nat(48),
  noIncident: fc.boolean(),
  ownerTest: fc.constantFrom('none', 'one', 'each-owner'),
  go: fc.boolean(),
  tell: fc.constant([]),
});

/** Figures that can be: nobody is counted twice. */
export function figuresOf({ maxServers }: { readonly maxServers: number }): fc.Arbitrary<GateFigures> {
  const share = fc.nat(maxServers);
  const few = fc.nat(3);
  return fc
    .record({
      servers: share,
      notNeeded: share,
      verified: share,
      told: share,
      failed: few,
      incidents: few,
      words: fc.array(few, { minLength: 4, maxLength: 4 }),
    })
    .map(({ servers, notNeeded, verified, told, failed, incidents, words }) => {
      const needing = servers - Math.min(servers, notNeeded);
      const done = Math.min(needing, verified);
      const broken = Math.min(needing - done, failed);
      const [worked = 0, didNot = 0, cannotTell = 0, silent = 0] = words;
      return {
        servers,
        needing,
        verified: done,
        failed: broken,
        told: Math.min(needing - done - broken, told),
        incidents,
        worked,
        didNot,
        cannotTell,
        owners: worked + didNot + cannotTell + silent,
        ownersWorked: worked,
      };
    });
}
