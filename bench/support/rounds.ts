/** What one side did in one round. */
export interface Round {
  readonly perSecond: number;
}

/**
 * Measures two sides in turns, so that what slows the machine for a while slows both: `rounds` times each, after one that does not count.
 * The ratio is the median of the rounds' own ratios.
 */
export async function alternately(
  rounds: number,
  ours: () => Promise<Round>,
  bare: () => Promise<Round>,
): Promise<{ readonly ours: number; readonly bare: number; readonly ratio: number; readonly lowest: number }> {
  await ours();
  await bare();
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0;
    const early = await (first ? ours : bare)();
    const late = await (first ? bare : ours)();
    pairs.push(first ? [early.perSecond, late.perSecond] : [late.perSecond, early.perSecond]);
  }
  const ratios = pairs.map(([our, other]) => our / other);
  return {
    ours: median(pairs.map(([our]) => our)),
    bare: median(pairs.map(([, other]) => other)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
  };
}

/** Keeps every worker busy for so long; how often they were done in a second. `note` hears of each time. */
export async function busyFor(
  milliseconds: number,
  workers: readonly (() => Promise<void>)[],
  note: () => void = () => {},
): Promise<Round> {
  const start = performance.now();
  const end = start + milliseconds;
  let done = 0;
  await Promise.all(
    workers.map(async (work) => {
      while (performance.now() < end) {
        await work();
        done++;
        note();
      }
    }),
  );
  return { perSecond: (done * 1_000) / (performance.now() - start) };
}

function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1))] ?? Number.NaN;
}
