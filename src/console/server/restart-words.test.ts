import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartWords } from './restart-words.ts';

test('a restart is said for sure only where it is known', () => {
  assert.equal(restartWords([false, undefined, true], []), 'restart');
  assert.equal(restartWords([false, undefined], []), 'restart possible');
  assert.equal(restartWords([false], [true]), 'restart possible');
  assert.equal(restartWords([false, false], [false]), 'no restart');
});
