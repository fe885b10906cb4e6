/**
 * @file The package in what each bundler makes of a page that imports it: minified, in headless Chromium, to the bits of
 * Node, in a worker, with one thread and with two.
 */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as vite from 'vite';
import { launch } from '../browser/visit.js';
import { install } from '../js/installed.js';
import { BUNDLERS } from './bundling.js';
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
