import { styleText } from 'node:util';
import type { CliIo, Writer } from '#cli/io.ts';

/** What text is laid out for. */
export interface Page {
  /** Characters in a line of a table; Infinity where nobody looks. */
  readonly width: number;
  /** Characters in a line of running text. */
  readonly measure: number;
  readonly colour: boolean;
  /** Signs beyond ASCII may be used. */
  readonly signs: boolean;
}

const WIDEST_TEXT = 110;

/** A terminal gets its width, signs and colours (unless NO_COLOR is set); a file or a pipe gets whole lines of plain text. */
export function pageFor(writer: Writer, env: CliIo['env']): Page {
  const terminal = writer.isTTY === true;
  const width = terminal ? Math.max(40, writer.columns ?? 80) : Number.POSITIVE_INFINITY;
  return { width, measure: Math.min(width, WIDEST_TEXT), colour: terminal && !env.NO_COLOR, signs: terminal };
}

/** Whether a question let the update through. */
export function mark(page: Page, passed: boolean): string {
  if (!page.signs) return passed ? 'ok  ' : 'HELD';
  return paint(page, passed ? 'green' : 'red', passed ? '✓' : '✗');
}

export function strong(page: Page, text: string): string {
  return paint(page, 'bold', text);
}

function paint(page: Page, format: 'bold' | 'green' | 'red', text: string): string {
  return page.colour ? styleText(format, text, { validateStream: false }) : text;
}
