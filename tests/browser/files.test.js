/** @file Files out of the page and into it: pictures, weights, the reader's own points, and files that are refused. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { choose, open, settled, stepOf, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/** A page with a small model that has taken a few steps. */
async function trained() {
  const visited = await visit(site);
  const { page } = visited;
  await settled(page, 'ready');
  for (const [name, value] of [
    ['hidden', '8'],
    ['batch', '32'],
    ['steps', '20'],
    ['solver_steps', '2'],
  ]) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  await page.click('#start');
  await settled(page, 'finished');
  return visited;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} button
 */
async function downloaded(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} input
 * @param {string} name
 * @param {Uint8Array | string} content
 */
async function give(page, input, name, content) {
  const buffer = Buffer.from(content);
  await page.setInputFiles(input, { name, mimeType: 'application/octet-stream', buffer });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {string} content
 */
async function learn(page, name, content) {
  await give(page, '#load-points', name, content);
  await page.waitForFunction(
    (name) => document.querySelector('#own-text')?.textContent?.startsWith(name),
    name,
  );
  await page.click('#own-learn');
  await settled(page, 'ready');
}

/**
 * What the page says at a file input once it has refused a file.
 * @param {import('playwright-core').Page} page
 * @param {string} input
 */
async function fault(page, input) {
  await page.waitForSelector(`${input}-fault:not([hidden])`);
  return (await page.textContent(`${input}-fault`)) ?? '';
}

test('the picture is a PNG of 1,200 by 1,200', async () => {
  const { page, complaints } = await trained();
  const { name, bytes } = await downloaded(page, '#save-picture');
  assert.equal(name, 'moonflow-20.png');
  assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 1200]);
  assert.ok(bytes.length > 20_000, `${bytes.length} bytes`);
  assert.deepEqual(complaints, []);
});

test('weights saved, and loaded after a reset, are the same model', async () => {
  const { page, complaints } = await trained();
  const hash = await page.textContent('#hash');
  const { name, bytes } = await downloaded(page, '#save-weights');
  assert.equal(name, 'moonflow-20.safetensors');
  await page.click('#reset');
  await settled(page, 'ready');
  assert.notEqual(await page.textContent('#hash'), hash);
  await give(page, '#load-weights', name, bytes);
  await settled(page, 'finished');
  assert.equal(await page.textContent('#hash'), hash);
  assert.equal(await stepOf(page), 20);
  assert.equal(await page.inputValue('#p-hidden'), '8');
  assert.deepEqual(complaints, []);
});

test('malformed weights are refused at their place and leave the model as it was', async () => {
  const { page } = await trained();
  const hash = await page.textContent('#hash');
  const { bytes } = await downloaded(page, '#save-weights');
  const grown = Buffer.concat([bytes, Buffer.alloc(4)]);
  const named = Buffer.from(bytes);
  named.write('net.0.wOight', bytes.indexOf('net.0.weight'));
  const cases = [bytes.subarray(0, 5), bytes.subarray(0, -4), grown, named, Buffer.from('moons')];
  const said = new Set();
  for (const [i, malformed] of cases.entries()) {
    await give(page, '#load-weights', `case-${i}.safetensors`, malformed);
    await page.waitForFunction(
      (name) => document.querySelector('#load-weights-fault')?.textContent?.startsWith(name),
      `case-${i}.safetensors: `,
    );
    said.add(await fault(page, '#load-weights'));
    await settled(page, 'finished');
    assert.equal(await page.textContent('#hash'), hash);
    assert.equal(await stepOf(page), 20);
  }
  assert.equal(said.size, cases.length);
});

test('the reader’s own points, as CSV, are learned and drawn', async () => {
  const { page, complaints } = await trained();
  const rows = Array.from({ length: 300 }, (_, i) => `${Math.cos(i)},${Math.sin(2 * i)}`);
  await learn(page, 'curve.csv', rows.join('\n'));
  assert.equal(await page.inputValue('#p-data'), 'points');
  assert.match((await page.textContent('#own-text')) ?? '', /curve\.csv: 300 points of 2/);
  await page.click('#start');
  await settled(page, 'finished');
  assert.match((await page.textContent('#status')) ?? '', /^Done/);
  await choose(page, 'data', 'circles');
  await settled(page, 'ready');
  assert.deepEqual(complaints, []);
});

test('points of another number of coordinates change dim, and moons change it back', async () => {
  const { page } = await trained();
  await learn(page, 'line.csv', '1,2,3\n4,5,6\n7,8,10\n');
  assert.equal(await page.inputValue('#p-dim'), '3');
  await choose(page, 'data', 'moons');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-dim'), '2');
});
