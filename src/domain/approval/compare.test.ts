import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePolicies } from '#domain/approval/compare.ts';
import { defaultPolicy, defaultPolicyText, LATER, policyFrom, sketch } from '#server/testing/update-sketch.ts';

const TARGETS = [{ osBuild: 17763 }, { osBuild: 17764 }, { osBuild: 20348 }, { osBuild: 26100 }];

test('a policy compared with itself changes nothing', () => {
  const { catalogue } = sketch({ products: ['Microsoft Server Operating System-24H2'] });
  assert.deepEqual(comparePolicies(defaultPolicy(), defaultPolicy(), catalogue, TARGETS, LATER), []);
});

test('a change names the update, the targets that it concerns, and both rules', () => {
  const { catalogue, revision } = sketch({
    title: 'A Cumulative Update',
    products: ['Microsoft Server operating system-21H2'],
  });
  const text = defaultPolicyText().replace('class: [os-cumulative, os-security, ssu]', 'class: [os-security, ssu]');
  const changes = comparePolicies(defaultPolicy(), policyFrom(text), catalogue, TARGETS, LATER);
  assert.equal(changes.length, 1);
  const [change] = changes;
  assert.equal(change?.update.updateId, revision.updateId);
  assert.deepEqual(change?.targets, [{ osBuild: 20348 }, { osBuild: 26100 }]);
  assert.deepEqual([change?.from.verdict, change?.from.rule], ['approve', 'os-cumulative']);
  assert.deepEqual([change?.to.verdict, change?.to.rule], ['review', '(default)']);
});

test('another rule with the same verdict is no change', () => {
  const { catalogue } = sketch({ title: 'A Cumulative Update' });
  const renamed = policyFrom(defaultPolicyText().replace('name: os-cumulative', 'name: os-monthly'));
  assert.deepEqual(comparePolicies(defaultPolicy(), renamed, catalogue, TARGETS, LATER), []);
});
