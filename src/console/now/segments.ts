/** Parts of a bar with their place and width in percent; what is there at all is wide enough to be seen. Empty parts are left out. */
export function segments<Part extends { readonly count: number }>(
  parts: readonly Part[],
): (Part & { readonly from: number; readonly width: number })[] {
  const seen = parts.filter(({ count }) => count > 0);
  const total = seen.reduce((sum, { count }) => sum + count, 0);
  const widths = seen.map(({ count }) => Math.max((count / total) * 100, LEAST_PERCENT));
  const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
  let from = 0;
  return seen.map((part, index) => {
    const width = (widths[index] ?? 0) * scale;
    const placed = { ...part, from, width };
    from += width;
    return placed;
  });
}

const LEAST_PERCENT = 0.8;

/** A share for people: never `100 %` while one is missing, never `0 %` while there is one. */
export function percentText(count: number, total: number): string {
  if (total === 0 || count === 0) return '0 %';
  const percent = (count / total) * 100;
  if (count < total && percent > 99.9) return '> 99.9 %';
  if (percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(percent > 99 || percent < 10 ? 1 : 0).replace(/\.0$/, '')} %`;
}
