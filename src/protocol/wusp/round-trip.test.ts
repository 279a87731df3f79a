import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRequest } from './read-request.ts';
import { readResponse } from './read-response.ts';
import { anyRequest, anyResponse } from './testing/arbitraries.ts';
import { writeRequest } from './write-request.ts';
import { writeResponse } from './write-response.ts';

// Instants have no own properties, deepEqual would call any two of them equal.
const comparable = (value: unknown): string => JSON.stringify(value, null, 1);

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Temporal.Instant) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

test('every request is read as it was written', () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const read = readRequest(writeRequest(request));
      assert.ok(read.ok, comparable(read));
      assert.equal(comparable(sorted(read.request)), comparable(sorted(request)));
    }),
    { numRuns: 400 },
  );
});

test('every response is read as it was written, from bytes too', () => {
  fc.assert(
    fc.property(anyResponse, fc.constantFrom('1.1' as const, '1.2' as const), (response, version) => {
      const written = new TextEncoder().encode(writeResponse(response, version).join(''));
      const read = readResponse(response.operation, written);
      assert.ok(read.ok, comparable(read));
      assert.equal(comparable(sorted(read.response)), comparable(sorted(response)));
    }),
    { numRuns: 400 },
  );
});
