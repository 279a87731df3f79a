// Imports run one way. Each room of src/ may import itself and what is named here; anything else fails the build.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PURE = ['domain', 'protocol', 'contract'];
const LAW = {
  domain: { rooms: [], packages: ['zod', 'yaml'] },
  protocol: { rooms: ['domain'], packages: ['saxes'] },
  contract: { rooms: ['domain'], packages: ['zod'] },
  simulator: { rooms: PURE, packages: 'any' },
  server: { rooms: PURE, packages: 'any' },
  cli: { rooms: ['contract'], packages: 'node' },
  /** What runs in a browser knows the contract by its types only: the schemas stay with the service. */
  console: { rooms: ['contract'], typesOnly: true, packages: ['react', 'react-dom', '@mantine', '@tanstack'] },
  'main.ts': { rooms: [...PURE, 'server', 'simulator', 'cli'], packages: 'any' },
};
const TEST_FILES = /(\.test\.ts$)|(^|\/)testing(\/|\.ts$)|(^|\/)vite\.config\.ts$/;
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

const src = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');
const broken = [];
for (const name of readdirSync(src, { recursive: true })) {
  const file = name.replaceAll('\\', '/');
  if (/\.tsx?$/.test(file) && !TEST_FILES.test(file)) broken.push(...violations(file));
}
for (const line of broken) console.error(line);
console.error(broken.length ? `import law: ${broken.length} broken` : 'import law: kept');
process.exitCode = broken.length ? 1 : 0;

function violations(file) {
  const room = file.split('/')[0];
  const law = LAW[room];
  if (!law) return [`src/${file}: no room named ${room}; add it to scripts/import-law.mjs`];
  return imports(join(src, file))
    .filter((one) => !isAllowed(law, room, file, one))
    .map(
      ({ specifier }) => `src/${file}: ${room} must not import ${specifier}${law.typesOnly ? ', but its types' : ''}`,
    );
}

function imports(path) {
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3],
    isOfTypes: /^\s*(import|export)\s+type\s/.test(match[0]),
  }));
}

function isAllowed({ rooms, packages, typesOnly = false }, room, file, { specifier, isOfTypes }) {
  const target = roomOf(file, specifier);
  if (target !== undefined) return target === room || (rooms.includes(target) && (isOfTypes || !typesOnly));
  if (packages === 'any') return true;
  if (packages === 'node') return specifier.startsWith('node:');
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** The room that a specifier points into; undefined for a package. */
function roomOf(file, specifier) {
  if (specifier.startsWith('#')) return specifier.slice(1).split('/')[0];
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.normalize(relative(src, resolve(src, dirname(file), specifier)).replaceAll('\\', '/'));
  return path.startsWith('..') ? undefined : path.split('/')[0];
}
