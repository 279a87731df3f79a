import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import { targetWindow } from '#domain/calendar/offer-times.ts';
import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { updateIdOf } from '#domain/catalogue/testing.ts';
import { decide } from '#domain/decide/decide.ts';
import { groupKey, groupSet, serverSet } from '#domain/decide/deployment-set.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { clause, factsOver, PATCH_TUESDAY, SERVER_2019, server, update, word } from '#domain/decide/testing.ts';
import type { PauseScope } from '#domain/exception/hold.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';

const RUNS = Number(process.env.ST_PROPERTY_RUNS ?? 400);
const UPDATES = 8;
const number = fc.integer({ min: 1, max: UPDATES });
const content = (text: string): string => text;
const hours = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((h) => PATCH_TUESDAY.add({ hours: h }));

const oneUpdate = (id: number): fc.Arbitrary<Revision> =>
  fc
    .record({
      published: hours(-24 * 150, 24 * 60),
      publicationState: fc.constantFrom('Published', 'Published', 'Published', 'Expired'),
      classification: fc.constantFrom(
        CLASSIFICATION.security,
        CLASSIFICATION.security,
        CLASSIFICATION.definition,
        CLASSIFICATION.driver,
      ),
      supersedes: fc.uniqueArray(number.map(updateIdOf), { maxLength: 2 }),
      eulaId: fc.option(fc.constantFrom(updateIdOf(90), updateIdOf(91)), { nil: undefined, freq: 6 }),
      part: fc.option(number, { nil: undefined, freq: 3 }),
      hidden: fc.boolean(),
      reboot: fc.constantFrom('NeverReboots', 'CanRequestReboot'),
      servicingStack: fc.boolean(),
    })
    .map(({ classification, eulaId, part, hidden, supersedes, servicingStack, ...rest }) =>
      update(id, {
        ...rest,
        ...(servicingStack ? { title: `Servicing Stack Update for Windows Server 2019 (KB50${id})` } : {}),
        supersedes: supersedes.filter((one) => one !== updateIdOf(id)),
        prerequisites: [clause(classification), clause(SERVER_2019)],
        explicitlyDeployable: !hidden || id % 3 !== 0,
        ...(eulaId ? { eulaId } : {}),
        bundles: part && part !== id ? [[{ updateId: updateIdOf(part), revisionNumber: 200 }]] : [],
      } as Partial<Revision>),
    );

const updates = fc.tuple(...Array.from({ length: UPDATES }, (_, index) => oneUpdate(index + 1)));
const words = fc.array(
  fc.record({
    at: number,
    decision: fc.constantFrom('approve', 'decline'),
    customerId: fc.constantFrom(undefined, updateIdOf(0xc1), updateIdOf(0xc2)),
    isForServer: fc.boolean(),
  }),
  { maxLength: 4 },
);

const scopes: fc.Arbitrary<PauseScope> = fc.constantFrom(
  { kind: 'all' },
  { kind: 'customer', customerId: updateIdOf(0xc1) },
  { kind: 'group', customerId: updateIdOf(0xc1), group: 'SQL' },
  { kind: 'group', customerId: updateIdOf(0xc2), group: 'SQL' },
  { kind: 'server', serverId: updateIdOf(0xabc) },
  { kind: 'server', serverId: updateIdOf(0xabd) },
);
const pauses = fc.array(
  fc.record({ scope: scopes, starts: hours(-24, 24 * 70), days: fc.integer({ min: 1, max: 30 }) }),
  { maxLength: 2 },
);

const facts: fc.Arbitrary<Facts> = fc
  .record({ updates, words, pauses, braked: fc.option(number), undeliverable: fc.option(number) })
  .map((given) => {
    const persons = new Map(
      given.words.map(({ at, decision, customerId, isForServer }) => [
        updateIdOf(at),
        [
          word(decision as 'approve', {
            ...(customerId ? { customerId } : {}),
            ...(customerId && isForServer ? { serverId: updateIdOf(0xabc) } : {}),
          }),
        ],
      ]),
    );
    const over = factsOver(given.updates, { persons, acceptedEulas: new Set([updateIdOf(90)]) });
    const missing = given.updates[(given.undeliverable ?? 0) - 1]?.files[0]?.sha1;
    const braked = updateIdOf(given.braked ?? 0);
    return {
      ...over,
      singledOut: new Set([...persons.values()].flat().flatMap(({ serverId }) => serverId ?? [])),
      brakes: new Map([[braked, { updateId: braked, who: 'ann', why: 'it breaks', at: PATCH_TUESDAY }]]),
      pauses: given.pauses.map(({ scope, starts, days }, place) => ({
        pauseId: updateIdOf(0xd0 + place),
        scope,
        starts,
        ends: starts.add({ hours: 24 * days }),
        who: 'ann',
        why: 'month end',
      })),
      deliverable: new Set([...over.deliverable].filter((sha1) => sha1 !== missing)),
    };
  });

const calendar = fc.record({
  freezes: fc.array(
    hours(-24, 24 * 70).map((start) => ({
      freezeId: updateIdOf(0xe0),
      name: 'closing',
      rule: { kind: 'once' as const, start, end: start.add({ hours: 24 * 9 }) },
    })),
    { maxLength: 2 },
  ),
  oneOff: fc.array(
    hours(-24, 24 * 70).map((start) => ({ windowId: updateIdOf(0xf0), start, end: start.add({ hours: 3 }) })),
    { maxLength: 1 },
  ),
});
const turn = fc
  .record({
    sets: fc.uniqueArray(fc.tuple(number.map(updateIdOf), fc.constantFrom(200, 200, 199)), { selector: ([id]) => id }),
    state: fc.constantFrom('waiting', 'told', 'told', 'told', 'verified', 'failed', 'not-needed'),
    windowSeen: hours(-24, 24 * 70),
    held: fc.option(fc.constant({ code: 'wave.not-open', text: 'the pilot is not through' } as const), {
      nil: undefined,
      freq: 3,
    }),
  })
  .map(({ sets, windowSeen, held, ...rest }) => ({
    ...rest,
    campaignId: updateIdOf(0xb0),
    campaign: '2023-10 #1',
    updates: new Map(sets),
    windowSeen,
    ...(held ? { held } : {}),
  }));
/** What waves, readiness, calendars and kinds of patching put to a server. */
const ownFacts = fc.record({
  calendar: fc.option(calendar, { nil: undefined, freq: 2 }),
  kindPlans: fc.option(
    fc
      .constantFrom('cumulative' as const, 'drivers' as const)
      .map((kind) => new Map([[kind, makePlan({ name: 'own', weekday: 2, hour: 5, releaseWeek: 1, leadHours: 0 })]])),
    { nil: undefined, freq: 3 },
  ),
  readiness: fc.option(
    fc.record({
      policy: fc.constant({
        name: 'for tests',
        tiers: { critical: {}, high: {}, medium: {}, low: {}, unknown: { backupHours: 24 * 40, failures: 2 } },
      }),
      condition: hours(-24 * 10, 24 * 30).map((backupAt) => ({ backupAt })),
      overrides: fc.constant([]),
      failures: fc
        .uniqueArray(fc.tuple(number.map(updateIdOf), fc.integer({ min: 1, max: 3 })), {
          maxLength: 2,
          selector: ([id]) => id,
        })
        .map((all) => new Map(all)),
    }),
    { nil: undefined, freq: 2 },
  ),
  rollout: fc.option(
    fc.record({
      kinds: fc.constantFrom(new Set(['cumulative']), new Set(['cumulative', 'drivers'])),
      turns: fc.array(turn, { maxLength: 2 }),
    }),
    { nil: undefined, freq: 2 },
  ),
});

const servers: fc.Arbitrary<ServerFacts> = fc
  .record({
    zone: fc.constantFrom('Europe/London', 'Australia/Sydney', 'America/Chicago', 'Asia/Hong_Kong'),
    plan: fc.option(
      fc
        .record({
          releaseWeek: fc.constantFrom(1, 2, 3, 4),
          kind: fc.constantFrom('weekly', 'weekly', 'nightly'),
          weekday: fc.constantFrom(1, 3, 7),
          hour: fc.integer({ min: 0, max: 23 }),
          leadHours: fc.constantFrom(0, 48, 144),
          followUp: fc.boolean(),
          definitions: fc.constantFrom('each-scan', 'daily'),
          missed: fc.constantFrom({ kind: 'next' }, { kind: 'catch-up', hours: 6 }, { kind: 'catch-up', hours: 72 }),
          latestStartMinutes: fc.constantFrom(undefined, 15),
          extraWindows: fc.constantFrom([], [{ weekday: 4, hour: 3, windowMinutes: 120 }]),
        })
        .map((choice) => makePlan({ name: 'any', ...choice } as never)),
      { nil: undefined, freq: 8 },
    ),
    mode: fc.constantFrom('managed', 'managed', 'managed', 'observe', 'unassigned'),
    installed: fc.uniqueArray(number.map(updateIdOf), { maxLength: 3 }),
    failed: fc.uniqueArray(number.map(updateIdOf), { maxLength: 3 }),
    looping: fc.uniqueArray(number.map(updateIdOf), { maxLength: 1 }),
    group: fc.constantFrom(undefined, 'SQL', 'Web'),
    own: ownFacts,
    visitBefore: fc.option(hours(-24, 24 * 70), { nil: undefined, freq: 6 }),
  })
  .map(({ plan, installed, failed, looping, group, own, visitBefore, ...rest }) => {
    const { plan: _plan, ...base } = server();
    return {
      ...base,
      ...rest,
      installed: new Set(installed),
      failed: new Set(failed),
      looping: new Set(looping),
      ...(group ? { group } : {}),
      ...(visitBefore ? { visitBefore } : {}),
      ...(plan ? { plan: { ...plan, ...(own.calendar ? { calendar: own.calendar } : {}) } } : {}),
      ...(own.kindPlans ? { kindPlans: own.kindPlans } : {}),
      ...(own.readiness ? { readiness: own.readiness } : {}),
      ...(own.rollout && plan
        ? { rollout: { ...own.rollout, turns: own.rollout.turns.map((one) => seenUnder(plan, rest.zone, one)) } }
        : {}),
    } as ServerFacts;
  });

/** A turn that was given for a window of the plan, so that some offers aim at it. */
function seenUnder(plan: Plan, zone: string, { windowSeen, ...turn }: { windowSeen: Temporal.Instant; state: string }) {
  return { ...turn, windowStart: targetWindow(plan, zone, windowSeen, windowSeen).start };
}

it('gives every pair the answer of decide', () => {
  fc.assert(
    fc.property(facts, servers, hours(-24, 24 * 70), (over, one, at) => {
      const set = serverSet(groupSet(one, over, at, content), one, over, content);
      for (const revision of over.catalogue.deployable) {
        const decision = decide(one, revision, over, at);
        const deployment = set.deployments.get(revision.revisionId);
        assert.equal(
          deployment?.action === 'Install',
          decision.offered,
          `${revision.updateId} ${JSON.stringify(decision)}`,
        );
        assert.equal(String(deployment?.deadline), String(decision.offered ? decision.deadline : undefined));
      }
    }),
    { numRuns: RUNS },
  );
});

it('servers with one key share a set: what one is told holds for the other, but for what each has installed or failed', () => {
  fc.assert(
    fc.property(facts, servers, servers, hours(-24, 24 * 70), fc.boolean(), (over, one, two, at, isTwin) => {
      const other = isTwin
        ? { ...two, ...one, serverId: updateIdOf(0xabd), ...(two.group ? { group: two.group } : {}) }
        : { ...two, serverId: updateIdOf(0xabd) };
      if (groupKey(one, over, at) !== groupKey(other, over, at)) return;
      const shared = groupSet(one, over, at, content);
      assert.equal(shared.version, groupSet(other, over, at, content).version);
      assert.equal(String(shared.validUntil), String(groupSet(other, over, at, content).validUntil));
    }),
    { numRuns: RUNS },
  );
});

it('is good until the instant that it names: no answer changes before', () => {
  fc.assert(
    fc.property(
      facts,
      servers,
      hours(-24, 24 * 70),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (over, one, at, share) => {
        const group = groupSet(one, over, at, content);
        const span = group.validUntil ? group.validUntil.since(at).total('seconds') : 24 * 3600;
        const later = at.add({ seconds: Math.floor(share * (span - 1)) });
        const fresh = groupSet(one, over, later, content);
        assert.equal(fresh.version, group.version);
      },
    ),
    { numRuns: RUNS },
  );
});

it('sends what its updates need, and nothing for its own sake that was declined or expired', () => {
  fc.assert(
    fc.property(facts, servers, hours(-24, 24 * 70), (over, one, at) => {
      const { deployments } = groupSet(one, over, at, content);
      for (const id of deployments.keys()) {
        const revision = over.catalogue.revisions.get(id);
        for (const needed of revision?.prerequisites.flatMap(({ anyOf }) => anyOf) ?? []) {
          const latest = over.catalogue.latest(needed);
          assert.ok(!latest || deployments.has(latest.revisionId), 'a prerequisite is missing');
        }
        for (const part of revision?.bundles.flat() ?? []) {
          const exact = over.catalogue.revision(part.updateId, part.revisionNumber);
          assert.ok(!exact || deployments.has(exact.revisionId), 'a part is missing');
        }
      }
      for (const revision of over.catalogue.deployable) {
        const decision = decide(one, revision, over, at);
        const ruledOut = decision.offered
          ? []
          : decision.reasons.filter(({ code }) => code === 'catalogue.declined' || code === 'catalogue.expired');
        const action = deployments.get(revision.revisionId)?.action ?? 'Bundle';
        if (ruledOut.length > 0) assert.ok(action === 'Bundle' || action === 'Evaluate', 'it is sent for its own sake');
      }
    }),
    { numRuns: RUNS },
  );
});
