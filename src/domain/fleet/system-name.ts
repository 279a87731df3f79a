/** Signs of trade marks as they stand there, and what becomes of them in code pages that do not have them. */
const MARKS = /\((?:R|TM)\)|[®™]|(?<=Microsoft|Windows|Server)r\b/gi;

/** The name of an operating system as a directory or the machine itself writes it, without manufacturer and trade marks. */
export function systemName(written: string): string {
  return written
    .replace(MARKS, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^Microsoft /, '');
}
