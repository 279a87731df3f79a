import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { sharedFolder } from '#server/testing/shared.ts';
import { readRequest } from './read-request.ts';
import { readResponse } from './read-response.ts';
import { anyRequest, anyResponse } from './testing/arbitraries.ts';
import { mutationsOf } from './testing/mutations.ts';
import { FAULT_CODES, type WuspOperation } from './types.ts';
import { writeRequest } from './write-request.ts';
import { writeResponse } from './write-response.ts';

/** More by hand, e.g. `ST_FUZZ_RUNS=1000000`; another seed with each such run. */
const runs = Number(process.env.ST_FUZZ_RUNS ?? 3000);
const parameters = { numRuns: runs, ...(process.env.ST_FUZZ_RUNS ? {} : { seed: 20251014 }) };

/** Real bodies, where there are any on this machine. */
function captured(kind: 'request' | 'response'): string[] {
  const folder = join(sharedFolder() ?? '', 'data/wire-captures');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(`${kind}.body`))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

test('a mutated request is a value or a coded refusal', () => {
  const generated = fc.sample(anyRequest, { numRuns: 60, seed: 1 }).map(writeRequest);
  fc.assert(
    fc.property(mutationsOf([...generated, ...captured('request')]), (body) => {
      const read = readRequest(body);
      if (read.ok) {
        // Whatever was accepted can be written, and is then the same to the reader.
        assert.ok(readRequest(writeRequest(read.request)).ok);
      } else {
        assert.ok(FAULT_CODES.includes(read.errorCode));
        assert.ok(read.message.length > 0 && read.message.length <= 200 && read.place.length > 0);
      }
    }),
    parameters,
  );
});

test('a mutated response is a value, a fault or a message', () => {
  const generated = fc
    .sample(anyResponse, { numRuns: 60, seed: 1 })
    .map((response): [WuspOperation, string] => [response.operation, writeResponse(response).join('')]);
  const real = captured('response').map((body): [WuspOperation, string] => [operationIn(body), body]);
  const documents = [...generated, ...real];
  const operations = new Map(documents.map(([operation, body]) => [body, operation]));
  fc.assert(
    fc.property(
      fc.constantFrom(...operations.keys()).chain((body) => fc.tuple(fc.constant(body), mutationsOf([body]))),
      ([body, mutated]) => {
        const read = readResponse(operations.get(body) ?? 'GetConfig', mutated);
        if (read.ok) assert.ok(writeResponse(read.response).length > 0);
        else assert.ok(read.message.length > 0);
      },
    ),
    parameters,
  );
});

function operationIn(body: string): WuspOperation {
  return (/<(\w+)Response /.exec(body)?.[1] ?? 'GetConfig') as WuspOperation;
}
