import assert from 'node:assert/strict';
import { it } from 'node:test';
import { makePlan } from '#domain/calendar/presets.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import { brokenRule, type InstallationTerms } from './installation-rules.ts';
import type { KnownUpdate } from './known-updates.ts';

const at = (text: string) => Temporal.Instant.from(text);

const UPDATE: KnownUpdate = {
  updateId: 'u',
  title: 'An update',
  published: at('2023-10-10T17:00:00Z'),
  class: 'os-cumulative',
  verdict: 'approve',
  expired: false,
};

/** Sundays 02:00 to 06:00; the primary one of October is the 22nd, 01:00Z to 05:00Z. */
const TERMS: InstallationTerms = {
  zone: 'Europe/London',
  plan: makePlan({ name: 'default', releaseWeek: 2, weekday: 7, hour: 2 }),
  update: UPDATE,
  published: UPDATE.published,
  knownUntil: at('2023-11-01T00:00:00Z'),
};

function record(startedAt: string, installedAt: string, restartedAt?: string): InstallRecord {
  return {
    server: 's',
    kind: 'installed',
    updateId: 'u',
    revisionNumber: 1,
    trigger: 'schedule',
    startedAt: at(startedAt),
    installedAt: at(installedAt),
    needsRestart: true,
    ...(restartedAt === undefined ? {} : { restartedAt: at(restartedAt) }),
  };
}

const IN_WINDOW = record('2023-10-22T01:00:00Z', '2023-10-22T01:10:00Z', '2023-10-22T01:30:00Z');

it('an installation with its restart inside the window breaks no rule', () => {
  assert.equal(brokenRule(IN_WINDOW, TERMS), undefined);
});

it('names the rule that is broken', () => {
  const early = record('2023-10-15T01:00:00Z', '2023-10-15T01:10:00Z', '2023-10-15T01:30:00Z');
  const lateRestart = record('2023-10-22T04:30:00Z', '2023-10-22T04:50:00Z', '2023-10-22T05:01:00Z');
  const noRestart = record('2023-10-22T01:00:00Z', '2023-10-22T01:10:00Z');
  const monday = record('2023-10-23T01:00:00Z', '2023-10-23T01:10:00Z', '2023-10-23T01:30:00Z');
  const { plan: _, ...withoutPlan } = TERMS;
  assert.equal(brokenRule(early, TERMS), 'before-release');
  assert.equal(brokenRule(lateRestart, TERMS), 'overrun');
  assert.equal(brokenRule(noRestart, TERMS), 'overrun');
  assert.equal(brokenRule(monday, TERMS), 'outside-window');
  assert.equal(brokenRule(IN_WINDOW, withoutPlan), 'unmanaged');
  assert.equal(brokenRule(IN_WINDOW, { ...TERMS, update: { ...UPDATE, verdict: 'review' } }), 'not-approved');
  assert.equal(brokenRule(IN_WINDOW, { ...TERMS, update: undefined }), 'not-approved');
  assert.equal(brokenRule(IN_WINDOW, { ...TERMS, declinedAt: at('2023-10-20T00:00:00Z') }), 'declined');
});

it('definitions need no release week, but a window', () => {
  const early = record('2023-10-15T01:00:00Z', '2023-10-15T01:10:00Z', '2023-10-15T01:30:00Z');
  const monday = record('2023-10-16T01:00:00Z', '2023-10-16T01:10:00Z', '2023-10-16T01:30:00Z');
  const terms = { ...TERMS, update: { ...UPDATE, class: 'definition' } };
  assert.equal(brokenRule(early, terms), undefined);
  assert.equal(brokenRule(monday, terms), 'outside-window');
});

it('a servicing stack that needs no restart may go in the lead of a window', () => {
  const terms = { ...TERMS, update: { ...UPDATE, class: 'ssu' } };
  const inLead = { ...record('2023-10-20T12:00:00Z', '2023-10-20T12:05:00Z'), needsRestart: false };
  assert.equal(brokenRule(inLead, terms), undefined);
  assert.equal(brokenRule({ ...inLead, needsRestart: true }, terms), 'outside-window');
});
