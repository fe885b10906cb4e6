/** @file The bundlers, each as its users call it. */

import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';

/**
 * Each makes a folder with a main.js of the one in `from`.
 * @type {Record<string, (from: string, to: string) => Promise<unknown>>}
 */
export const BUNDLERS = {
  esbuild: (from, to) =>
    esbuild.build({
      entryPoints: [join(from, 'main.js')],
      ...{ outdir: to, bundle: true, minify: true, format: 'esm' },
    }),
  'esbuild, with splitting': (from, to) =>
    esbuild.build({
      entryPoints: [join(from, 'main.js')],
      ...{ outdir: to, bundle: true, minify: true, format: 'esm', splitting: true },
    }),
  webpack: (from, to) =>
    new Promise((resolve, reject) => {
      const output = { path: to, filename: 'main.js' };
      const compiler = webpack({ mode: 'production', entry: join(from, 'main.js'), output });
      compiler.run((error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
        else compiler.close(resolve);
      });
    }),
  rollup: async (from, to) => {
    const bundle = await rollup({ input: join(from, 'main.js'), plugins: [nodeResolve()] });
    await bundle.write({ dir: to, format: 'es' });
    await bundle.close();
  },
  vite: (from, to) =>
    vite.build({ root: from, base: './', logLevel: 'error', build: { outDir: to, minify: true } }),
};
