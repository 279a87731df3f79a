import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findingsAhead, isReady, type ReadinessFacts, readinessFindings } from '#domain/readiness/readiness.ts';
import { CHECKS, type Condition, type Demands, type Override } from '#domain/readiness/readiness-policy.ts';
import { SHIPPED_READINESS } from '#domain/readiness/shipped-policy.ts';

const AT = Temporal.Instant.from('2023-10-12T00:00:00Z');
const UPDATE = 'a0000000-0000-4000-8000-000000000001';
const GOOD: Condition = {
  backupAt: AT.subtract({ hours: 5 }),
  restorePointAt: AT.subtract({ hours: 5 }),
  restoreTestAt: AT.subtract({ hours: 24 * 30 }),
  diskFreeMegabytes: 50_000,
  lastContact: AT.subtract({ hours: 2 }),
  clockSkewSeconds: -20,
  tls: true,
};

function critical(condition: Condition, more: Partial<NonNullable<ReadinessFacts['readiness']>> = {}): ReadinessFacts {
  const readiness = {
    policy: SHIPPED_READINESS,
    condition,
    overrides: [],
    failures: new Map<string, number>(),
    ...more,
  };
  return { zone: 'Etc/UTC', inventory: { tier: 'critical' }, readiness };
}

function asked(demands: Demands, inventory: ReadinessFacts['inventory'], condition: Condition = {}): ReadinessFacts {
  const policy = { ...SHIPPED_READINESS, tiers: { ...SHIPPED_READINESS.tiers, critical: demands } };
  return { ...critical(condition, { policy }), inventory: { tier: 'critical', ...inventory } };
}

function checks(server: ReadinessFacts, at = AT): readonly string[] {
  return readinessFindings(server, UPDATE, at).map(({ check }) => check);
}

test('a server that has all that its tier demands is ready; without a policy nothing is asked', () => {
  assert.deepEqual(checks(critical(GOOD)), []);
  assert.deepEqual(checks({ zone: 'Etc/UTC', inventory: { tier: 'critical' } }), []);
});

const WORSE: Readonly<Record<string, Condition>> = {
  backup: { backupAt: AT.subtract({ hours: 31 }) },
  'restore-point': { restorePointAt: AT.subtract({ hours: 24, seconds: 1 }) },
  'restore-test': { restoreTestAt: AT.subtract({ hours: 24 * 91 }) },
  'pending-restart': { pendingRestartSince: AT.subtract({ hours: 73 }) },
  disk: { diskFreeMegabytes: 10_239 },
  contact: { lastContact: AT.subtract({ hours: 61 }) },
  clock: { clockSkewSeconds: 301 },
  tls: { tls: false },
};
for (const [check, condition] of Object.entries(WORSE)) {
  test(`what is wrong with ${check} holds it, by that check alone and with its figures`, () => {
    const findings = readinessFindings(critical({ ...GOOD, ...condition }), UPDATE, AT);
    assert.deepEqual(
      findings.map((one) => one.code),
      [`readiness.${check}`],
    );
    assert.match(findings[0]?.text ?? '', check === 'tls' ? /without TLS/ : /\d/);
  });
}

test('what nobody told holds where evidence is demanded, and does not where a server has no means to tell', () => {
  assert.deepEqual(checks(critical({})), ['backup', 'restore-point', 'restore-test', 'contact']);
});

test('only the update that failed too often is held', () => {
  const server = critical(GOOD, { failures: new Map([[UPDATE, 2]]) });
  assert.deepEqual(
    readinessFindings(server, UPDATE, AT).map(({ code, subject }) => [code, subject]),
    [['readiness.failures', UPDATE]],
  );
  assert.deepEqual(readinessFindings(server, 'another', AT), []);
  assert.equal(isReady(server, AT), true);
  assert.deepEqual(checks(critical(GOOD, { failures: new Map([[UPDATE, 1]]) })), []);
});

test('what must be known is named; a plan is a window, no role is none', () => {
  const server = asked({ known: ['owner', 'roles', 'window'] }, { roles: [] });
  assert.equal(readinessFindings(server, UPDATE, AT)[0]?.subject, 'owner, roles, window');
  const known = { owner: { kind: 'team', name: 'DBA' }, roles: ['iis'], window: 'default' } as const;
  assert.deepEqual(checks(asked({ known: ['owner', 'roles', 'window'] }, known)), []);
});

test("support ends after its last day in the server's zone", () => {
  const server = asked({ supported: true }, { support: { status: 'extended', until: '2023-10-11' } });
  assert.deepEqual(checks(server), ['support']);
  assert.deepEqual(checks({ ...server, zone: 'America/Chicago' }), [], 'there it is still the 11th');
  assert.deepEqual(checks(asked({ supported: true }, {})), [], 'unknown');
  assert.deepEqual(checks(asked({ supported: true }, { support: { status: 'unsupported' } })), ['support']);
});

test('an override lifts its own checks until it expires', () => {
  const override: Override = {
    ...{ overrideId: '1', who: 'Ann', why: 'vault' },
    checks: ['backup', 'restore-point'],
    expires: AT.add({ hours: 1 }),
  };
  const server = critical({ ...GOOD, ...WORSE.backup, ...WORSE.disk }, { overrides: [override] });
  assert.deepEqual(checks(server), ['disk']);
  assert.deepEqual(checks(server, AT.add({ hours: 1 })), ['backup', 'disk']);
});

test('for a window to come, what renews itself is judged as it is now, all else as it will be', () => {
  const start = AT.add({ hours: 72 });
  const ending = { ...GOOD, restoreTestAt: AT.subtract({ hours: 24 * 88 }) };
  assert.deepEqual(checks(critical(ending)), []);
  assert.deepEqual(
    findingsAhead(critical(ending), start, AT).map(({ check }) => check),
    ['restore-test'],
  );
  assert.deepEqual(
    findingsAhead(critical({ ...GOOD, ...WORSE.backup }), start, AT).map(({ check }) => check),
    ['backup'],
  );
});

test('for a window to come, an override that ends before it counts no more', () => {
  const start = AT.add({ hours: 72 });
  const ahead = (expires: Temporal.Instant) => {
    const override: Override = { overrideId: '1', who: 'Ann', why: 'vault', checks: ['backup', 'disk'], expires };
    const server = critical({ ...GOOD, ...WORSE.backup, ...WORSE.disk }, { overrides: [override] });
    return findingsAhead(server, start, AT).map(({ check }) => check);
  };
  assert.deepEqual(ahead(start), ['backup', 'disk']);
  assert.deepEqual(ahead(start.add({ seconds: 1 })), []);
});

test('more evidence and later evidence never make a ready server unready', () => {
  const hours = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(hours, hours, fc.subarray([...CHECKS]), (age, younger, overridden) => {
      const at = (ago: number) => ({ ...GOOD, backupAt: AT.subtract({ hours: ago }) });
      const overrides = [{ overrideId: '1', who: '', why: '', checks: overridden, expires: AT.add({ hours: 1 }) }];
      const before = checks(critical(at(Math.max(age, younger)), { overrides }));
      const after = checks(critical(at(Math.min(age, younger)), { overrides }));
      assert.ok(after.every((check) => before.includes(check)));
    }),
  );
});
