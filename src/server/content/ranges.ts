/** A byte range, both ends inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** BITS and Delivery Optimization ask for a handful; more is an attack (many tiny overlapping ranges). */
const MAX_RANGES = 64;

/**
 * What a Range header asks of a file of `size` bytes ([RFC 9110] 14): `whole` without a header, with one that does not read, or with
 * ranges that overlap so much that the whole file is less; `unsatisfiable` when no range lies inside the file or there are too many.
 */
export function requestedRanges(
  header: string | undefined,
  size: number,
): 'whole' | 'unsatisfiable' | readonly ByteRange[] {
  if (!header?.startsWith('bytes=')) return 'whole';
  const specs = header.slice('bytes='.length).split(',', MAX_RANGES + 1);
  if (specs.length > MAX_RANGES) return 'unsatisfiable';
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const match = /^\s*(\d{0,15})-(\d{0,15})\s*$/.exec(spec);
    if (!match || (match[1] === '' && match[2] === '')) return 'whole';
    const range = match[1] === '' ? suffix(Number(match[2]), size) : between(Number(match[1]), match[2], size);
    if (range === 'invalid') return 'whole';
    if (range) ranges.push(range);
  }
  if (ranges.length === 0) return 'unsatisfiable';
  const bytes = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return bytes > size ? 'whole' : ranges;
}

function suffix(length: number, size: number): ByteRange | undefined {
  return length === 0 || size === 0 ? undefined : { first: Math.max(0, size - length), last: size - 1 };
}

function between(first: number, lastText: string | undefined, size: number): ByteRange | 'invalid' | undefined {
  const last = lastText ? Number(lastText) : size - 1;
  if (lastText && last < first) return 'invalid';
  return first >= size ? undefined : { first, last: Math.min(last, size - 1) };
}
