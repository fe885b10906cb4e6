/** @file The golden runs in a worker of Chromium give the bits they give in Node. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { RUNS } from '../js/golden.js';
import { develop } from './visit.js';

/** @type {Awaited<ReturnType<typeof develop>>} */
let site;

before(async () => {
  site = await develop();
});

after(() => site?.close());

/**
 * Runs in the page: trains in a worker, and hashes the samples with the browser's own SHA-256.
 * @param {{steps: number, config: Record<string, string | number | boolean>}} run
 */
async function inWorker({ steps, config }) {
  const { spawn } = await import(/* @vite-ignore */ `${location.origin}/lib/spawn.js`);
  const client = await spawn();
  await client.create(config);
  await client.train({ steps });
  const classes = Number(config.classes ?? 0);
  const labels = Int32Array.from({ length: 1000 }, (_, i) => i % (classes + 1));
  const guide = classes > 0 ? { labels, guidance: 1.5 } : {};
  const samples = await client.sample({ n: 1000, seed: 1, ...guide });
  const weights = await client.digest();
  await client.dispose();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', samples));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { weights, samples: hex };
}

test('the golden runs have the same bits in a worker of Chromium', async () => {
  const fixture = new URL('../fixtures/golden.json', import.meta.url);
  const golden = JSON.parse(await readFile(fixture, 'utf8'));
  const page = await site.browser.newPage();
  await page.goto(`${site.origin}/lib/errors.js`);
  const got = [];
  for (const { name, steps, config } of RUNS) {
    got.push({ name, ...(await page.evaluate(inWorker, { steps, config })) });
  }
  assert.ok(got.length > 0 && got.length === RUNS.length);
  assert.deepEqual(got, golden);
});
