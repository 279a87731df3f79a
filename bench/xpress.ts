// Speed of the xpress codec beside zlib's fastest level, on text like that of a cumulative update's core fragment.
// Run: node bench/xpress.ts [megabytes]
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { compress, decompress } from '#protocol/xpress/xpress.ts';

const MEGABYTE = 1 << 20;
const input = syntheticCore(Number(process.argv[2] ?? 16) * MEGABYTE);

const packed = measure('xpress compress', () => compress(input));
measure('xpress decompress', () => {
  const result = decompress(packed, input.length);
  if (!result.ok) throw new Error(result.message);
  return result.bytes;
});
const deflated = measure('deflate -1', () => deflateRawSync(input, { level: 1 }));
measure('inflate', () => inflateRawSync(deflated));
console.log(`size: xpress ${percent(packed)}, deflate -1 ${percent(deflated)} of ${input.length} bytes`);

/** Component identities with varying names, versions and hash digits, as CBS packages list them. */
function syntheticCore(size: number): Uint8Array {
  const parts: string[] = [];
  let seed = 1;
  for (let length = 0; length < size; length += (parts.at(-1) as string).length) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const name = `Microsoft-Windows-Component-${(seed >>> 8) % 5000}`;
    const attributes = `version="10.0.17763.${(seed >>> 4) % 9000}" language="neutral" processorArchitecture="amd64"`;
    parts.push(
      `<update name="${seed.toString(16)}"><component><assemblyIdentity name="${name}" ${attributes} publicKeyToken="31bf3856ad364e35" buildType="release" versionScope="nonSxS" /></component></update>`,
    );
  }
  return Buffer.from(parts.join('')).subarray(0, size);
}

function measure(name: string, run: () => Uint8Array): Uint8Array {
  const result = run();
  const begin = process.hrtime.bigint();
  run();
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(`${name.padEnd(18)} ${(input.length / MEGABYTE / seconds).toFixed(0).padStart(6)} MB/s`);
  return result;
}

function percent(bytes: Uint8Array): string {
  return `${((100 * bytes.length) / input.length).toFixed(1)} %`;
}
