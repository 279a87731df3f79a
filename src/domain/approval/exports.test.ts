import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UPDATE_CLASSES } from '#domain/approval/update-class.ts';
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import {
  exportedCatalogue,
  type Judged,
  judgeAll,
  POLICY_DOC_PATH,
  shippedPolicy,
  VERDICTS_PATH,
  verdictsDocument,
  withReferenceTables,
} from '../../../scripts/approval-verdicts.ts';

const CATALOGUE = exportedCatalogue();
const skip = CATALOGUE ? false : 'the real catalogue exports are absent (ST_SHARED)';
const POLICY = shippedPolicy();
const AT = Temporal.Instant.from('2024-09-13T00:00:00Z');

function judged(): readonly Judged[] {
  return judgeAll(POLICY, CATALOGUE as Catalogue, AT);
}

test('every real update has a class and a verdict with its rule', { skip }, () => {
  assert.ok(judged().length > 550, 'the exports have more than 550 updates');
  for (const { update, class: known, verdict } of judged()) {
    assert.notEqual(known, 'unknown', update.title);
    assert.notEqual(verdict.rule, '(default)', update.title);
  }
});

test("real security updates of Windows are approved, Microsoft's own words being the judge", { skip }, () => {
  const approved = judged().filter(({ verdict }) => verdict.verdict === 'approve');
  for (const { update, verdict } of judged()) {
    const isWindowsSecurity =
      /^\d{4}-\d{2} (Cumulative|Security|Servicing Stack) Update for (Windows|Microsoft server)/.test(update.title) &&
      (CATALOGUE as Catalogue).categoryTitle((CATALOGUE as Catalogue).classification(update) ?? '') ===
        'Security Updates';
    if (isWindowsSecurity) assert.equal(verdict.verdict, 'approve', update.title);
  }
  assert.deepEqual(
    approved.filter(({ update }) => /Office|Edge|Preview|Enablement|Dynamic/.test(update.title)),
    [],
  );
});

test('no real update is approved on a Windows older than every generation that it is for', { skip }, () => {
  for (const { update, verdict } of judgeAll(POLICY, CATALOGUE as Catalogue, AT, { osBuild: 9200 })) {
    assert.notEqual(verdict.verdict, 'approve', update.title);
  }
});

test('the document of verdicts is the one that these exports and this policy give', { skip }, () => {
  assert.equal(readFileSync(VERDICTS_PATH, 'utf8'), verdictsDocument(POLICY, CATALOGUE as Catalogue));
});

test('the reference tables of the policy document are those of the code', () => {
  const document = readFileSync(POLICY_DOC_PATH, 'utf8');
  assert.equal(document, withReferenceTables(document));
  for (const name of Object.keys(UPDATE_CLASSES)) assert.ok(document.includes(`| \`${name}\` |`));
});
