// Speed of reading a large update document, beside the bare parser on the same text.
// Run: node bench/update-xml.ts [megabytes]
import { SaxesParser } from 'saxes';
import { readUpdate } from '#protocol/update-xml/read-update.ts';
import { readCore } from '#protocol/update-xml/rules.ts';

const MEGABYTE = 1 << 20;
const xml = syntheticDocument(Number(process.argv[2] ?? 8) * MEGABYTE);
const bytes = Buffer.from(xml);

measure('bare saxes', () => {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', () => {});
  parser.write(xml).close();
});
measure('readUpdate, text', () => read(xml));
measure('readUpdate, UTF-8', () => read(bytes));
const { core } = read(xml).fragments;
measure('readCore', () => readCore(core));

function read(input: string | Uint8Array) {
  const result = readUpdate(input);
  if (!result.ok) throw new Error(result.message);
  return result.update;
}

/** A document whose servicing manifest lists components until it is as long as wanted. */
function syntheticDocument(size: number): string {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; length += (parts.at(-1) as string).length, index++) {
    const identity = `name="Microsoft-Windows-Component-${index % 5000}" version="10.0.17763.${index % 9000}" language="neutral" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" buildType="release" versionScope="nonSxS"`;
    parts.push(
      `<update name="${index}">\n  <component>\n    <assemblyIdentity ${identity} />\n  </component>\n</update>\n`,
    );
  }
  return `<upd:Update xmlns:upd="http://schemas.microsoft.com/msus/2002/12/Update"><upd:UpdateIdentity UpdateID="00000000-0000-4000-8000-000000000001" RevisionNumber="1" /><upd:Properties UpdateType="Software" CreationDate="2026-01-01T00:00:00Z" /><upd:LocalizedPropertiesCollection><upd:LocalizedProperties><upd:Language>en</upd:Language><upd:Title>T</upd:Title></upd:LocalizedProperties></upd:LocalizedPropertiesCollection><upd:ApplicabilityRules><upd:Metadata><assembly xmlns="urn:schemas-microsoft-com:asm.v3">${parts.join('')}</assembly></upd:Metadata></upd:ApplicabilityRules></upd:Update>`;
}

function measure(name: string, run: () => unknown): void {
  const begin = process.hrtime.bigint();
  run();
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(`${name.padEnd(18)} ${(xml.length / MEGABYTE / seconds).toFixed(1).padStart(6)} MB/s`);
}
