import { stripVTControlCharacters } from 'node:util';
import type { Page } from '#cli/output/page.ts';

/** East Asian wide characters and pictographs take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const WIDEST_LABEL = 24;
const NARROWEST_COLUMN = 6;

/** Columns that a text takes on a terminal; its own colours take none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const sign of stripVTControlCharacters(text)) width += WIDE.test(sign) ? 2 : /\p{M}/u.test(sign) ? 0 : 1;
  return width;
}

/** The text, or as much of it as goes into `width` columns, with an ellipsis. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const sign of text) {
    if (displayWidth(kept + sign) > width - 1) break;
    kept += sign;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines of at most `width` columns, broken at blanks; longer words stand alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [''] : lines;
}

/** A paragraph whose first line begins with `head` and whose others are indented as deep. */
export function hanging(page: Page, head: string, text: string): string {
  const indent = displayWidth(head);
  return wrap(text, Math.max(20, page.measure - indent))
    .map((line, index) => `${index === 0 ? head : ' '.repeat(indent)}${line}`.trimEnd())
    .join('\n');
}

/** Labels and their values, one under the other; what is undefined is left out. */
export function fields(
  page: Page,
  pairs: readonly (readonly [label: string, value: string | number | undefined])[],
): string {
  const known = pairs.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.min(WIDEST_LABEL, Math.max(0, ...known.map(([label]) => displayWidth(label))));
  return known.map(([label, value]) => hanging(page, `${pad(label, width)}  `, String(value))).join('\n');
}

export interface Column {
  readonly title: string;
  readonly right?: true;
}

type Cell = string | number | undefined;

/** An aligned table. On a terminal the widest columns give way until a line fits; `none` is said where there is no row. */
export function table(
  page: Page,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  none: string,
): string {
  if (rows.length === 0) return none;
  const texts = [columns.map(({ title }) => title), ...rows.map((row) => row.map((cell) => String(cell ?? '')))];
  const widths = squeeze(
    columns.map((_, at) => Math.max(...texts.map((row) => displayWidth(row[at] ?? '')))),
    page.width,
  );
  const line = (row: readonly string[]) =>
    widths
      .map((width, at) => pad(fit(row[at] ?? '', width), width, columns[at]?.right))
      .join('  ')
      .trimEnd();
  return texts.map(line).join('\n');
}

export function pad(text: string, width: number, right?: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

function squeeze(wished: readonly number[], width: number): readonly number[] {
  const widths = [...wished];
  let excess = widths.reduce((sum, one) => sum + one + 2, -2) - width;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST_COLUMN) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}
