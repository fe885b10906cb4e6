import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { precache } from './precache.js';

const project = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  // Relative addresses, so that the built page works in any folder of any site.
  base: './',
  // Of Lit the page draws with templates alone; its elements would come along unused.
  resolve: { alias: [{ find: /^lit$/, replacement: 'lit/html.js' }] },
  // The page imports wasm_build/core.js, which lies beside web/ and not in it.
  server: { fs: { allow: [project] } },
  worker: { format: 'es', plugins: () => [downward()] },
  plugins: [precache()],
  build: {
    outDir: `${project}wasm_build/page`,
    emptyOutDir: true,
    target: 'es2022',
  },
});

/**
 * In a page threads start only downwards: a worker starts its helpers, and a helper nobody. Both are named in one file of the
 * library, which therefore leads in a circle; here the names that a thread never asks for are taken out of it, and the server
 * with them, which a worker has from the first.
 * @returns {import('vite').Plugin}
 */
function downward() {
  let roles = /worker|aide/;
  return {
    name: 'downward',
    enforce: 'pre',
    buildStart({ input }) {
      if (!JSON.stringify(input).includes('aide.js')) roles = /worker/;
    },
    transform(code, id) {
      if (!/[/\\]web[/\\]lib[/\\]origin\.js$/.test(id)) return null;
      const kept = code
        .split('\n')
        .filter((line) => !(/new Worker\(/.test(line) && roles.test(line)));
      const served = kept.join('\n').replace("() => import('./server.js')", 'undefined');
      return { code: served, map: null };
    },
  };
}
