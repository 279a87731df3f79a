import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countLine } from '#cli/output/progress.ts';

it('tells count, rate and time left', () => {
  assert.equal(countLine(1200, 5000, 'document', 3), '1200 of 5000 documents, 400/s, 10 s left');
  assert.equal(countLine(3, 10, 'document', 2), '3 of 10 documents, 1.5/s, 5 s left');
  assert.equal(countLine(1, 4000, 'document', 2), '1 of 4000 documents, 0.5/s, 2 h 13 min left');
});

it('knows no rate at the beginning, and no time left at the end', () => {
  assert.equal(countLine(0, 10, 'document', 0), '0 of 10 documents');
  assert.equal(countLine(1, 1, 'document', 2), '1 of 1 document, 0.5/s');
});
