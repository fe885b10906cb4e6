import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const project = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  // Relative addresses, so that the built page works in any folder of any site.
  base: './',
  // The page imports wasm_build/core.js, which lies beside web/ and not in it.
  server: { fs: { allow: [project] } },
  worker: { format: 'es' },
  build: {
    outDir: `${project}wasm_build/page`,
    emptyOutDir: true,
    target: 'es2022',
  },
});
