/**
 * @file The package in what each bundler makes of a page that imports it: minified, in headless Chromium, to the bits of
 * Node, in a worker, with one thread and with two.
 */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import { launch } from '../browser/visit.js';
import { install } from '../js/installed.js';
import { opened, serving } from './serving.js';
import { HASH, outcomeOf, scriptOf } from './trial.js';

/** Threads need shared memory, and that these. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const THREADS = [1, 2];
const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>';

/** @type {ReturnType<typeof install>} */
let user;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  user = install();
  for (const threads of THREADS) {
    mkdirSync(join(user.folder, `${threads}`));
    user.write(`${threads}/main.js`, scriptOf('moonflow', { imported: true, threads }));
    user.write(`${threads}/index.html`, PAGE);
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  user?.remove();
});

/**
 * @param {string} address
 * @param {number} threads
 */
async function trains(address, threads) {
  const { page, complaints } = await opened(browser, address);
  const outcome = await outcomeOf(page);
  assert.deepEqual(outcome, { hash: HASH, threads, transport: 'blob', refused: [] });
  assert.deepEqual(complaints, []);
  await page.close();
}

/**
 * Each makes a folder with a main.js of the one in `from`.
 * @type {Record<string, (from: string, to: string) => Promise<unknown>>}
 */
const BUNDLERS = {
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

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(`${name}: a bundled page trains in a worker, with one thread and with two`, async () => {
    const built = `built-${name.replaceAll(/\W+/g, '-')}`;
    const site = await serving(join(user.folder, built), ISOLATION);
    try {
      for (const threads of THREADS) {
        const to = join(user.folder, built, `${threads}`);
        await bundle(join(user.folder, `${threads}`), to);
        const folder = `/${threads}/index.html`;
        // vite writes a page of its own.
        if (name !== 'vite') site.pages.set(folder, { body: PAGE });
        await trains(site.origin + folder, threads);
      }
    } finally {
      site.close();
    }
  });
}

test('vite: the development server serves a page that trains in a worker', async () => {
  for (const threads of THREADS) {
    const server = await vite.createServer({
      root: join(user.folder, `${threads}`),
      cacheDir: join(user.folder, 'cache'),
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, headers: ISOLATION, fs: { allow: [user.folder] } },
    });
    try {
      await server.listen();
      await trains(`${server.resolvedUrls?.local[0]}`, threads);
    } finally {
      await server.close();
    }
  }
});
