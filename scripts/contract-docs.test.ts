import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import {
  ERRORS_PATH,
  errorsDocument,
  ORDER_PATH,
  orderDocument,
  SETTINGS_PATH,
  settingsDocument,
} from './contract-docs.ts';

const HINT = 'run `node scripts/contract-docs.ts`';

it('docs/errors.md is what the registry of errors says', () => {
  assert.equal(readFileSync(ERRORS_PATH, 'utf8'), errorsDocument(), HINT);
});

it('docs/settings.md is what the registry of settings says', () => {
  assert.equal(readFileSync(SETTINGS_PATH, 'utf8'), settingsDocument(), HINT);
});

it('docs/conflict-order.md is the order of conflicts', () => {
  assert.equal(readFileSync(ORDER_PATH, 'utf8'), orderDocument(), HINT);
});
