import { CLASSIFICATION } from '#domain/approval/classifications.ts';
import type { Policy } from '#domain/approval/policy.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import { makePlan } from '#domain/calendar/presets.ts';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { revisionOf, updateIdOf } from '#domain/catalogue/testing.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';

export const SERVER_2019 = 'f702a48c-919b-45d6-9aef-ca4248d50397';
/** The instant of the Patch Tuesday of October 2023. */
export const PATCH_TUESDAY = Temporal.Instant.from('2023-10-10T17:00:00Z');

/** A published security update of Server 2019 with one deliverable file, changed as asked. */
export function update(number: number, changes: Partial<Revision> = {}): Revision {
  return revisionOf({
    revisionId: number,
    revisionNumber: 200,
    title: `2023-10 Cumulative Update for Windows Server 2019 (KB50${number})`,
    kb: `50${number}`,
    reboot: 'CanRequestReboot',
    removable: true,
    prerequisites: [clause(CLASSIFICATION.security), clause(SERVER_2019)],
    files: [{ sha1: number.toString(16).padStart(40, '0'), name: 'update.cab', size: 10 }],
    ...changes,
  });
}

export function clause(...anyOf: string[]): Revision['prerequisites'][number] {
  return { anyOf, isCategory: true };
}

/** A category as the catalogue has it; ids from a million on. */
export function category(
  number: number,
  updateId: string,
  categoryType: Revision['categoryType'],
  title: string,
): Revision {
  return revisionOf({
    revisionId: 1_000_000 + number,
    updateId,
    title,
    updateType: 'Category',
    explicitlyDeployable: false,
    ...(categoryType ? { categoryType } : {}),
  });
}

const CATEGORIES = [
  category(1, CLASSIFICATION.security, 'UpdateClassification', 'Security Updates'),
  category(2, CLASSIFICATION.definition, 'UpdateClassification', 'Definition Updates'),
  category(3, CLASSIFICATION.driver, 'UpdateClassification', 'Drivers'),
  category(4, SERVER_2019, 'Product', 'Windows Server 2019'),
];

/** Approves security updates and definitions, nothing else. */
const POLICY: Policy = {
  name: 'for tests',
  rules: [
    {
      name: 'security',
      when: { classification: [CLASSIFICATION.security] },
      verdict: 'approve',
      reason: 'It closes holes.',
    },
    {
      name: 'definitions',
      when: { classification: [CLASSIFICATION.definition] },
      verdict: 'approve',
      reason: 'The latest is best.',
    },
    {
      name: 'drivers',
      when: { classification: [CLASSIFICATION.driver] },
      verdict: 'review',
      reason: 'Drivers break things.',
    },
  ],
};

/** Facts over some updates: every file deliverable, nothing decided by persons, unless changed. */
export function factsOver(updates: readonly Revision[], changes: Partial<Facts> = {}): Facts {
  return {
    catalogue: indexCatalogue([...CATEGORIES, ...updates], 1),
    policy: POLICY,
    persons: new Map(),
    singledOut: new Set(),
    pauses: [],
    brakes: new Map(),
    acceptedEulas: new Set(),
    deliverable: new Set(updates.flatMap(({ files }) => files.map(({ sha1 }) => sha1))),
    ...changes,
  };
}

/** A managed Server 2019 on the default plan in London, changed as asked. */
export function server(changes: Partial<ServerFacts> = {}): ServerFacts {
  return {
    serverId: updateIdOf(0xabc),
    customerId: updateIdOf(0xc1),
    zone: 'Europe/London',
    plan: makePlan({ name: 'default' }),
    mode: 'managed',
    target: { osBuild: 17763, productType: 3 },
    ...NOTHING_REPORTED,
    ...changes,
  };
}

export function word(decision: PersonDecision['decision'], changes: Partial<PersonDecision> = {}): PersonDecision {
  return { decision, who: 'ann', why: 'she said so', at: PATCH_TUESDAY, atCustomersRisk: false, ...changes };
}
