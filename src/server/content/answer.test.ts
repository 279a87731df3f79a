import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { it } from 'node:test';
import fc from 'fast-check';
import { type ContentAnswer, contentAnswer, type ServedFile } from '#server/content/answer.ts';
import { requestedRanges } from '#server/content/ranges.ts';

function served(bytes: Uint8Array): ServedFile {
  return {
    size: bytes.length,
    tag: 'abc',
    read: (first, last) => Readable.from([Buffer.from(bytes.subarray(first, last + 1))]),
  };
}

async function body(answer: ContentAnswer): Promise<Buffer> {
  const bytes = await buffer(answer.body ?? Readable.from([]));
  assert.equal(answer.headers['content-length'], bytes.length);
  return bytes;
}

const file = Buffer.from('0123456789');

it('serves the whole file, one range, a suffix, and an open end', async () => {
  const get = async (range?: string): Promise<[number, unknown, string]> => {
    const answer = contentAnswer('GET', served(file), range);
    return [answer.status, answer.headers['content-range'], (await body(answer)).toString()];
  };
  assert.deepEqual(await get(), [200, undefined, '0123456789']);
  assert.deepEqual(await get('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  assert.deepEqual(await get('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  assert.deepEqual(await get('bytes=8-99'), [206, 'bytes 8-9/10', '89']);
  assert.deepEqual(await get('bytes=8-'), [206, 'bytes 8-9/10', '89']);
  assert.deepEqual(await get('bytes=10-'), [416, 'bytes */10', '']);
  assert.deepEqual(await get('bytes=5-2'), [200, undefined, '0123456789']);
  assert.deepEqual(await get('lines=1-2'), [200, undefined, '0123456789']);
});

it('answers HEAD with the same headers and no body', () => {
  const { status, headers, body } = contentAnswer('HEAD', served(file), undefined);
  assert.deepEqual([status, headers['content-length'], body], [200, 10, undefined]);
});

it('keeps the order of several ranges and names each', async () => {
  const answer = contentAnswer('GET', served(file), 'bytes=6-7,0-1');
  const boundary = /boundary=(\S+)/.exec(String(answer.headers['content-type']))?.[1];
  const part = (range: string, text: string): string =>
    `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/10\r\n\r\n${text}\r\n`;
  assert.equal((await body(answer)).toString(), `${part('6-7', '67')}${part('0-1', '01')}--${boundary}--\r\n`);
});

it('sends the whole file when it is another than If-Range names', async () => {
  assert.equal(contentAnswer('GET', served(file), 'bytes=2-4', '"abc"').status, 206);
  assert.equal(contentAnswer('GET', served(file), 'bytes=2-4', '"other"').status, 200);
});

it('never leaves the file, whatever is asked', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[-0-9, ]{0,40}$/));
  fc.assert(
    fc.property(text, fc.nat(1000), (header, size) => {
      const ranges = requestedRanges(header, size);
      if (typeof ranges === 'string') return;
      for (const { first, last } of ranges) assert.ok(0 <= first && first <= last && last < size);
      assert.ok(ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0) <= size, 'more than the file');
    }),
  );
  assert.equal(requestedRanges(`bytes=${'0-0,'.repeat(100)}0-0`, 10), 'unsatisfiable');
  assert.equal(requestedRanges(`bytes=${'0-,'.repeat(20)}0-`, 10), 'whole');
});
