import { SaxesParser } from 'saxes';

/**
 * The structure of an XML document: the path of every element in document order, a run of equal siblings counted once. Two answers to
 * the same question on different catalogues have the same skeleton, whatever their values and however long their lists.
 */
export function skeletonOf(xml: string): string[] {
  const lines: string[] = [];
  const path: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local }) => {
    path.push(local);
    lines.push(path.join('/'));
  });
  parser.on('closetag', () => void path.pop());
  parser.write(xml).close();
  return collapsed(lines);
}

/** Drops every block of lines that repeats the block directly before it, shortest blocks first. */
function collapsed(lines: readonly string[]): string[] {
  let result = [...lines];
  for (let size = 1; size <= result.length / 2; size += 1) {
    const kept: string[] = [];
    for (const line of result) {
      kept.push(line);
      const block = kept.slice(-size);
      const before = kept.slice(-2 * size, -size);
      if (before.length === size && block.every((one, index) => one === before[index])) kept.length -= size;
    }
    result = kept;
  }
  return result;
}

/** Where two skeletons part for the first time; undefined when they are equal. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string | undefined {
  const at = Array.from({ length: Math.max(expected.length, actual.length) }).findIndex(
    (_, index) => expected[index] !== actual[index],
  );
  return at < 0
    ? undefined
    : `element ${at + 1}: recorded ${expected[at] ?? 'the end'}, now ${actual[at] ?? 'the end'}`;
}
