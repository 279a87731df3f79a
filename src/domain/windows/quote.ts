/** Texts that go into the generated files: one line of printable ASCII, whatever the code page that reads them. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** A text as a single-quoted PowerShell literal, in which nothing is expanded. Throws on what is not plain. */
export function powershellText(text: string): string {
  return `'${plain(text).replaceAll("'", "''")}'`;
}

/** A text as a quoted string of a `.reg` file. Throws on what is not plain. */
export function regText(text: string): string {
  return `"${plain(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A text as the value of a double-quoted XML attribute. Throws on what is not plain. */
export function xmlText(text: string): string {
  return plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A text that stands as it is on a line of its own. Throws on what is not plain. */
export function plain(text: string): string {
  if (!isPlain(text)) throw new RangeError('only printable ASCII goes into scripts; check names and URLs first');
  return text;
}

/** Lines as Windows reads them. */
export function windowsLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
