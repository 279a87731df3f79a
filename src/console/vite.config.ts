import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const BUILT = join(import.meta.dirname, '../../dist/console');
const service = process.env.ST_URL ?? 'http://127.0.0.1:8080';

/** The files are compressed once, here, and not for each browser. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const folder = join(BUILT, 'assets');
      for (const name of await readdir(folder)) {
        const file = join(folder, name);
        await writeFile(`${file}.br`, await promisify(brotliCompress)(await readFile(file)));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  html: { cspNonce: 'NONCE' },
  build: { outDir: BUILT, emptyOutDir: true, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': service } },
});
