import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainHresult, hresultText } from './hresult.ts';

test('a result is written as people look it up, signed or not', () => {
  assert.equal(hresultText(-2145107940), '0x8024401C');
  assert.equal(hresultText(0x8024401c), '0x8024401C');
  assert.equal(hresultText(0), '0x00000000');
});

test('a known result is explained in both forms, an unknown one is not', () => {
  assert.equal(explainHresult(-2145107940)?.name, 'WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT');
  assert.deepEqual(explainHresult(0x8024401c), explainHresult(-2145107940));
  assert.equal(explainHresult(0x00240005)?.name, 'WU_S_REBOOT_REQUIRED');
  assert.equal(explainHresult(0x8024ffff), undefined);
});
