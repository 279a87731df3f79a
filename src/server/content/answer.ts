import { randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, requestedRanges } from '#server/content/ranges.ts';

/** A file as the answer needs it: its size, a stable tag, and its bytes. */
export interface ServedFile {
  readonly size: number;
  /** The same for the same bytes, in every region and over restarts. */
  readonly tag: string;
  read(first: number, last: number): Readable;
}

export interface ContentAnswer {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Absent for HEAD and for 416. */
  readonly body?: Readable;
}

/**
 * The answer to GET or HEAD for a payload, as BITS and Delivery Optimization need it: exact Content-Range totals, `Accept-Ranges`, a
 * stable ETag, `multipart/byteranges` for several ranges in the order asked for, never a Content-Encoding.
 */
export function contentAnswer(
  method: 'GET' | 'HEAD',
  file: ServedFile,
  range: string | undefined,
  ifRange?: string,
): ContentAnswer {
  const etag = `"${file.tag}"`;
  const common = {
    'accept-ranges': 'bytes',
    etag,
    'cache-control': 'private',
    'last-modified': 'Tue, 14 Oct 2003 17:00:00 GMT',
  };
  const ranges = ifRange !== undefined && ifRange !== etag ? 'whole' : requestedRanges(range, file.size);
  if (ranges === 'unsatisfiable')
    return { status: 416, headers: { ...common, 'content-range': `bytes */${file.size}`, 'content-length': 0 } };
  if (ranges === 'whole') {
    const whole = (): Readable => (file.size === 0 ? Readable.from([]) : file.read(0, file.size - 1));
    return finish(method, 200, { ...common, ...plain(file.size) }, whole);
  }
  const [first] = ranges;
  if (first && ranges.length === 1) {
    const headers = {
      ...common,
      ...plain(first.last - first.first + 1),
      'content-range': contentRange(first, file.size),
    };
    return finish(method, 206, headers, () => file.read(first.first, first.last));
  }
  return multipart(method, file, ranges, common);
}

function multipart(
  method: 'GET' | 'HEAD',
  file: ServedFile,
  ranges: readonly ByteRange[],
  common: Record<string, string>,
): ContentAnswer {
  const boundary = randomUUID();
  const heads = ranges.map((range, index) => partHead(boundary, range, file.size, index));
  const tail = `\r\n--${boundary}--\r\n`;
  const bytes = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const length = heads.reduce((sum, head) => sum + head.length, bytes + tail.length);
  const headers = { ...common, 'content-type': `multipart/byteranges; boundary=${boundary}`, 'content-length': length };
  return finish(method, 206, headers, () => {
    const body = new PassThrough();
    void sendParts(body, file, ranges, heads, tail).catch((error: Error) => body.destroy(error));
    return body;
  });
}

async function sendParts(
  body: PassThrough,
  file: ServedFile,
  ranges: readonly ByteRange[],
  heads: readonly string[],
  tail: string,
): Promise<void> {
  for (const [index, { first, last }] of ranges.entries()) {
    body.write(heads[index]);
    await pipeline(file.read(first, last), body, { end: false });
  }
  body.end(tail);
}

function partHead(boundary: string, range: ByteRange, size: number, index: number): string {
  const start = index === 0 ? '' : '\r\n';
  return `${start}--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`;
}

function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}

function plain(length: number): Record<string, string | number> {
  return { 'content-type': 'application/octet-stream', 'content-length': length };
}

function finish(
  method: 'GET' | 'HEAD',
  status: 200 | 206,
  headers: Record<string, string | number>,
  body: () => Readable,
): ContentAnswer {
  return method === 'HEAD' ? { status, headers } : { status, headers, body: body() };
}
