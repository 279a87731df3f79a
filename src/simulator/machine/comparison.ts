import type { Truth } from './truth.ts';

/** Orders dotted versions number by number; missing parts count as 0, and text that is no number as 0. */
export function compareVersions(left: string, right: string): number {
  const a = left.split('.');
  const b = right.split('.');
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = versionPart(a[index]) - versionPart(b[index]);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function versionPart(text: string | undefined): number {
  const part = Number(text ?? 0);
  return Number.isFinite(part) ? part : 0;
}

const SCALAR: Readonly<Record<string, (order: number) => boolean>> = {
  LessThan: (order) => order < 0,
  LessThanOrEqualTo: (order) => order <= 0,
  EqualTo: (order) => order === 0,
  GreaterThanOrEqualTo: (order) => order >= 0,
  GreaterThan: (order) => order > 0,
};

/** A `ScalarComparison` on an order (negative, 0, positive); absent means EqualTo; a name that is not known has no answer. */
export function holds(comparison: string | undefined, order: number): Truth {
  return SCALAR[comparison ?? 'EqualTo']?.(order);
}

const STRING: Readonly<Record<string, (actual: string, wanted: string) => boolean>> = {
  EqualTo: (actual, wanted) => actual === wanted,
  BeginsWith: (actual, wanted) => actual.startsWith(wanted),
  Contains: (actual, wanted) => actual.includes(wanted),
  EndsWith: (actual, wanted) => actual.endsWith(wanted),
};

/** A `StringComparison`, case-insensitive as Windows does it; absent means EqualTo. */
export function holdsForText(comparison: string | undefined, actual: string, wanted: string): Truth {
  return STRING[comparison ?? 'EqualTo']?.(actual.toLowerCase(), wanted.toLowerCase());
}
