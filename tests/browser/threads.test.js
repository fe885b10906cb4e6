/** @file Threads in Chromium: the bits of Node where the page is cross-origin isolated, and a plain refusal where it is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { develop } from './visit.js';

const CONFIG = { hidden: 24, layers: 2, features: 16, batch: 130, steps: 120, seed: 5 };
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

async function inNode() {
  const model = await Model.create(CONFIG);
  model.train(CONFIG.steps);
  return model.digest();
}

/**
 * Runs in the page: trains in its worker, on so many threads; the hash, or the refusal.
 * @param {{config: Record<string, number>, threads: number}} run
 */
async function inWorker({ config, threads }) {
  const { spawn } = await import(/* @vite-ignore */ `${location.origin}/lib/spawn.js`);
  const client = await spawn();
  try {
    const info = await client.create(config, { threads });
    await client.train({ steps: config.steps });
    const samples = await client.sample({ n: 100 });
    const file = await client.save();
    const points = samples.length / 2;
    return { threads: info.threads, hash: await client.digest(), points, bytes: file.length };
  } catch (error) {
    return { code: error.code, message: error.message };
  } finally {
    await client.dispose();
  }
}

/**
 * Runs in the page, on its own thread.
 * @param {{config: Record<string, number>, threads: number}} run
 */
async function inPlace({ config, threads }) {
  const { Model } = await import(/* @vite-ignore */ `${location.origin}/lib/model.js`);
  try {
    const model = await Model.create(config, { threads });
    model.train(config.steps);
    return { hash: model.digest() };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}

/**
 * @param {Record<string, string>} headers
 * @param {(page: import('playwright-core').Page, files: () => string[]) => Promise<void>} body
 */
async function withPage(headers, body) {
  const site = await develop({ headers });
  try {
    const page = await site.browser.newPage();
    /** @type {string[]} */
    const files = [];
    page.context().on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(`${site.origin}/lib/errors.js`);
    await body(page, () => files);
  } finally {
    await site.close();
  }
}

test('a worker of an isolated page trains on two threads to the bits of Node', () =>
  withPage(ISOLATION, async (page) => {
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    const hash = await inNode();
    for (const threads of [2, 4, 1]) {
      const got = await page.evaluate(inWorker, { config: CONFIG, threads });
      assert.equal(got.message, undefined);
      assert.deepEqual([got.threads, got.hash, got.points], [threads, hash, 100]);
      assert.ok(Number(got.bytes) > 1000);
    }
  }));

test("an isolated page's own thread may not wait: two threads are refused there, one works", () =>
  withPage(ISOLATION, async (page) => {
    const { code, message } = await page.evaluate(inPlace, { config: CONFIG, threads: 2 });
    assert.equal(code, 'unsupported');
    assert.match(
      message,
      /^threads: got 2, but a page's own thread .*; threads: 1 works everywhere\.$/,
    );
    const { hash } = await page.evaluate(inPlace, { config: CONFIG, threads: 1 });
    assert.equal(hash, await inNode());
  }));

test('without the headers two threads are refused in a sentence that names them, and one works', () =>
  withPage({}, async (page, files) => {
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    for (const run of [inWorker, inPlace]) {
      const { code, message } = await page.evaluate(run, { config: CONFIG, threads: 2 });
      assert.equal(code, 'unsupported');
      assert.match(
        message,
        /^threads: got 2, but .*Cross-Origin-Opener-Policy: same-origin .*Cross-Origin-Embedder-Policy: require-corp.*; threads: 1 works everywhere\.$/,
      );
    }
    const { hash } = await page.evaluate(inWorker, { config: CONFIG, threads: 1 });
    assert.equal(hash, await inNode());
    assert.ok(files().some((path) => path.endsWith('/core.js')));
    assert.deepEqual(
      files().filter((path) => path.includes('core_threads')),
      [],
    );
  }));
