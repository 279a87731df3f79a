import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Policy } from '#domain/approval/policy.ts';
import { readPolicy } from '#domain/approval/policy-file.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { indexCatalogue } from '#domain/catalogue/index-catalogue.ts';
import type { Revision } from '#domain/catalogue/revision.ts';
import { type ExportUpdate, exportRevisions } from '../../../scripts/wsus-export.ts';

/** What a test says about one update; the rest is a plain security update. Categories are given by title. */
export interface Sketch extends Partial<Revision> {
  readonly products?: readonly string[];
  readonly classification?: string;
  readonly company?: string;
  readonly family?: string;
}

export interface Sketched {
  readonly revision: Revision;
  readonly catalogue: Catalogue;
}

export const LATER = Temporal.Instant.from('2026-03-01T12:00:00Z');

/** One update in a catalogue with its categories, and with further revisions (parts of its bundle) where given. */
export function sketch(given: Sketch, parts: readonly Revision[] = []): Sketched {
  const { products = ['Windows Server 2019'], classification = 'Security Updates', company, family, ...own } = given;
  const plain: ExportUpdate = {
    updateId: '11111111-2222-3333-4444-555555555555',
    title: 'An update',
    published: Temporal.Instant.from('2024-10-08T17:00:00Z'),
    company: company ?? 'Microsoft',
    family: family ?? 'Windows',
    products,
    classification,
    publicationState: 'Published',
    isBeta: false,
    superseded: false,
    supersedes: false,
    files: [],
  };
  const revisions = exportRevisions([plain]);
  const base = revisions.at(-1);
  if (!base) throw new Error('no revision');
  const revision = { ...base, ...own, revisionId: base.revisionId };
  const rest = parts.map((part, index) => ({ ...part, revisionId: 1_000 + index }));
  return { revision, catalogue: indexCatalogue([...revisions.slice(0, -1), ...rest, revision], 1) };
}

/** A policy from text that must be right. */
export function policyFrom(yaml: string): Policy {
  const reading = readPolicy(yaml);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.policy;
}

/** The policy that the project ships. */
export function defaultPolicy(): Policy {
  return policyFrom(defaultPolicyText());
}

export function defaultPolicyText(): string {
  return readFileSync(resolve(import.meta.dirname, '../../../policies/default.yaml'), 'utf8');
}
