import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makePlan } from '#domain/calendar/presets.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { isDue } from '#domain/decide/compliance.ts';
import { factsOver, PATCH_TUESDAY, server, update, word } from '#domain/decide/testing.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { dueAt, maybeDue } from './due.ts';

const CUSTOMERS = [1, 2].map(updateIdOf);
const SERVERS = [11, 12].map(updateIdOf);
const PLANS = [makePlan({ name: 'early', releaseWeek: 1 }), makePlan({ name: 'default' })];
const UPDATES = [31, 32, 33, 34].map((number) => update(number));

const anyServer: fc.Arbitrary<ServerFacts> = fc
  .record({
    serverId: fc.constantFrom(...SERVERS),
    customerId: fc.constantFrom(...CUSTOMERS),
    zone: fc.constantFrom('Asia/Tokyo', 'America/Chicago'),
    plan: fc.constantFrom(...PLANS),
    osBuild: fc.constantFrom(17763, 20348),
  })
  .map(({ osBuild, ...rest }) => server({ ...rest, target: { osBuild, productType: 3 } }));

/** Words for all, for one customer and for one server of it, on some of the updates. */
const anyFacts = fc
  .array(
    fc.record({
      update: fc.constantFrom(...UPDATES),
      decision: fc.constantFrom('approve' as const, 'decline' as const),
      customerId: fc.constantFrom(undefined, ...CUSTOMERS),
      serverId: fc.constantFrom(undefined, ...SERVERS),
    }),
    { maxLength: 6 },
  )
  .map((words) => {
    const persons = Map.groupBy(words, (one) => one.update.updateId);
    const said = [...persons].map(([id, all]) => {
      const read = all.map(({ decision, customerId, serverId }) => {
        if (customerId === undefined) return word(decision);
        return word(decision, { customerId, ...(serverId === undefined ? {} : { serverId }) });
      });
      return [id, read] as const;
    });
    return factsOver(UPDATES, { persons: new Map(said) });
  });

test('what is asked once for many is what would be answered to each, and nothing that is due is left out before', () => {
  const hours = fc.integer({ min: -24, max: 24 * 16 });
  fc.assert(
    fc.property(anyFacts, fc.array(anyServer, { minLength: 2, maxLength: 8 }), hours, (facts, servers, after) => {
      const at = PATCH_TUESDAY.add({ hours: after });
      const due = dueAt(facts, at);
      const known = UPDATES.map(({ updateId }) => updateId);
      const regarded = maybeDue(
        known,
        servers.map(({ target }) => target),
        facts,
        at,
      );
      for (const one of servers) {
        for (const id of known) assert.ok(regarded.includes(id) || !isDue(one, id, facts, at));
        for (const { updateId } of UPDATES) assert.equal(due(one, updateId), isDue(one, updateId, facts, at));
      }
    }),
  );
});
