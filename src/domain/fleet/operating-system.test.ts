import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatingSystem } from './operating-system.ts';

test('an operating system is named by build and product type', () => {
  assert.equal(operatingSystem({ osBuild: 17763, productType: 3 }), 'Windows Server 2019');
  assert.equal(operatingSystem({ osBuild: 26100, productType: 2 }), 'Windows Server 2025');
  assert.equal(operatingSystem({ osBuild: 26100, productType: 1 }), 'Windows 11 (build 26100)');
  assert.equal(operatingSystem({ osBuild: 12345 }), 'Windows Server (build 12345)');
  assert.equal(operatingSystem({}), 'not registered yet');
});
