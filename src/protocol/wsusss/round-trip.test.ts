import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mutationsOf } from '#protocol/wusp/testing/mutations.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { readWsusssRequest } from './read-request.ts';
import { readWsusssResponse } from './read-response.ts';
import { anyRequest, anyResponse } from './testing/arbitraries.ts';
import { WSUSSS_FAULT_CODES, type WsusssOperation } from './types.ts';
import { writeWsusssRequest } from './write-request.ts';
import { writeWsusssFault, writeWsusssResponse } from './write-response.ts';

const versions = fc.constantFrom('1.1' as const, '1.2' as const);

/** In one order of keys, instants and bytes as text: deepEqual would call any two instants equal. */
function comparable(value: unknown): string {
  return JSON.stringify(sorted(value), null, 1);
}

function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
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
      const read = readWsusssRequest(writeWsusssRequest(request));
      assert.ok(read.ok, comparable(read));
      assert.equal(comparable(read.request), comparable(request));
    }),
    { numRuns: 300 },
  );
});

test('every response is read as it was written, from bytes too', () => {
  fc.assert(
    fc.property(anyResponse, versions, (response, version) => {
      const written = new TextEncoder().encode(writeWsusssResponse(response, version));
      const read = readWsusssResponse(response.operation, written);
      assert.ok(read.ok, comparable(read));
      assert.equal(comparable(read.response), comparable(response));
    }),
    { numRuns: 300 },
  );
});

test('every fault is read as it was written', () => {
  for (const errorCode of WSUSSS_FAULT_CODES) {
    for (const version of ['1.1', '1.2'] as const) {
      const fault = { errorCode, message: 'cookie', id: 'x', method: WSUSSS_OPERATIONS.GetConfigData.soapAction };
      const read = readWsusssResponse('GetConfigData', writeWsusssFault(fault, version));
      assert.deepEqual(read, { ok: false, fault, message: `${errorCode}: cookie` });
    }
  }
});

/** More by hand, e.g. `ST_FUZZ_RUNS=1000000`; another seed with each such run. */
const runs = Number(process.env.ST_FUZZ_RUNS ?? 2000);
const parameters = { numRuns: runs, ...(process.env.ST_FUZZ_RUNS ? {} : { seed: 20251014 }) };

test('a mutated request is a value or a coded refusal', () => {
  const documents = fc.sample(anyRequest, { numRuns: 60, seed: 1 }).map(writeWsusssRequest);
  fc.assert(
    fc.property(mutationsOf(documents), (body) => {
      const read = readWsusssRequest(body);
      if (read.ok) {
        assert.ok(readWsusssRequest(writeWsusssRequest(read.request)).ok);
      } else {
        assert.ok(WSUSSS_FAULT_CODES.includes(read.errorCode));
        assert.ok(read.message.length > 0 && read.message.length <= 200 && read.place.length > 0);
      }
    }),
    parameters,
  );
});

test('a mutated response is a value, a fault or a message', () => {
  const documents = fc
    .sample(anyResponse, { numRuns: 60, seed: 1 })
    .map((response): [WsusssOperation, string] => [response.operation, writeWsusssResponse(response)]);
  const mutated = fc
    .constantFrom(...documents)
    .chain(([operation, body]) => fc.tuple(fc.constant(operation), mutationsOf([body])));
  fc.assert(
    fc.property(mutated, ([operation, body]) => {
      const read = readWsusssResponse(operation, body);
      if (read.ok) assert.ok(writeWsusssResponse(read.response).length > 0);
      else assert.ok(read.message.length > 0);
    }),
    parameters,
  );
});
