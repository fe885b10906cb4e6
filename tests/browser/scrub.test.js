/**
 * @file The page's two kinds of time in headless Chromium: it starts by itself, the flow moves with its slider, an earlier
 * network can be looked at, and a reset can be undone.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { choose, open, settled, stepOf, TASK_MS, trace, visit } from './visit.js';

/** The first picture is there within this; the best of three visits counts, since the machine does other things too. */
const FIRST_MS = 1000;
const SEED = 1;

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/** Runs in the page: notes when the stage first shows something, and what the workers answer about the way of points. */
function watch() {
  const ways = [];
  Object.assign(globalThis, { ways, first: null });
  const look = () => {
    const words = document.querySelector('#stage')?.getAttribute('aria-label') ?? '';
    if (/points/.test(words)) Object.assign(globalThis, { first: [performance.now(), words] });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (data.value?.path && data.value.times) ways.push(data.value);
      });
    }
  };
}

/**
 * The way that was answered last: its times, and its first and last row.
 * @param {import('playwright-core').Page} page
 */
async function wayOf(page) {
  const way = await page.evaluate(() => {
    const { times, path } = globalThis.ways.at(-1);
    const size = path.length / times.length;
    const row = (from) => [...path.subarray(from, from + size)];
    return { times: [...times], noise: row(0), samples: row(path.length - size) };
  });
  return { ...way, noise: Float32Array.from(way.noise), samples: Float32Array.from(way.samples) };
}

/** The page draws once a frame; what it was told just now shows in the next one. @param {import('playwright-core').Page} page */
const drawn = (page) =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );

/** @param {import('playwright-core').Page} page */
async function pictureOf(page) {
  await drawn(page);
  return page.$eval('#stage', (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
}

/**
 * Puts a slider somewhere, as a hand does.
 * @param {import('playwright-core').Page} page
 * @param {string} id
 * @param {number} value
 */
async function slide(page, id, value) {
  await page.locator(`#${id}`).fill(String(value));
  await drawn(page);
}

/** @param {import('playwright-core').Page} page @param {string} id */
async function saidBy(page, id) {
  await drawn(page);
  return (await page.getAttribute(`#${id}`, 'aria-valuetext')) ?? '';
}

/**
 * Waits until the training slider says a sentence like this, and returns the step it names.
 * @param {import('playwright-core').Page} page
 * @param {RegExp} pattern
 */
async function shotOf(page, pattern) {
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#training-at')?.textContent ?? ''),
    pattern.source,
  );
  const [, step] = /step ([\d,]+)/.exec((await page.textContent('#training-at')) ?? '') ?? [];
  return Number(step.replaceAll(',', ''));
}

describe('a reader opens the page and touches nothing', () => {
  /** @type {import('playwright-core').Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  /** Places of the slider of the flow in the two seconds after the training. */
  const played = new Set();
  /** @type {Model} */
  let model;

  before(async () => {
    ({ page, complaints } = await visit(site, { reducedMotion: 'no-preference', before: watch }));
    await page.waitForFunction(() => document.querySelector('#play')?.dataset.playing === 'true');
    for (let i = 0; i < 20; i++) {
      played.add(await page.inputValue('#flow-time'));
      await page.waitForTimeout(100);
    }
    await settled(page, 'finished');
    model = await Model.create();
    model.train(1200);
  });

  after(() => model?.dispose());

  test('data and noise are drawn within a second', async (t) => {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const visited = await visit(site, { reducedMotion: 'no-preference', before: watch });
      await visited.page.waitForFunction(() => globalThis.first);
      const [ms, words] = await visited.page.evaluate(() => globalThis.first);
      times.push(Math.round(ms));
      assert.match(words, /2,000 points of data under 2,000 points of noise/);
      await visited.context.close();
    }
    t.diagnostic(`${times.join(', ')} ms`);
    assert.ok(Math.min(...times) < FIRST_MS, `${times} ms`);
  });

  test('it has trained by itself, and then plays the flow', async () => {
    assert.equal(await stepOf(page), 1200);
    assert.ok(played.size > 3, `${[...played]}`);
  });

  test('at t = 0 the points are the noise, at t = 1 the samples, to the bit', async () => {
    await slide(page, 'flow-time', 0);
    await page.waitForFunction(() => globalThis.ways.at(-1).path.length / 26 === 2 * 2000);
    const { times, noise, samples } = await wayOf(page);
    assert.equal(times.length, 26);
    assert.deepEqual([times[0], times[25]], [0, 1]);
    assert.deepEqual(noise, model.noise({ n: 2000, seed: SEED }));
    assert.deepEqual(samples, model.sample({ n: 2000, seed: SEED }));
  });

  test('the slider of the flow moves the points, and says where they are', async () => {
    const asked = await page.evaluate(() => globalThis.ways.length);
    const pictures = [];
    for (const t of [0, 60, 130, 200, 60]) {
      await slide(page, 'flow-time', t);
      pictures.push(await pictureOf(page));
    }
    assert.equal(new Set(pictures).size, 4);
    assert.equal(pictures[1], pictures[4]);
    assert.equal(await saidBy(page, 'flow-time'), 't = 0.30: 30% of the way from noise to moons');
    assert.match((await page.getAttribute('#stage', 'aria-label')) ?? '', /samples at t = 0\.30/);
    await page.locator('#flow-time').press('Home');
    assert.equal(await saidBy(page, 'flow-time'), 't = 0: noise');
    // Where the points are is looked up: nothing is computed anew.
    assert.equal(await page.evaluate(() => globalThis.ways.length), asked);
  });

  test('the slider of the training shows an earlier network, to the bits of Node at that step', async () => {
    await slide(page, 'flow-time', 200);
    const latest = await pictureOf(page);
    const shots = Number(await page.getAttribute('#training-time', 'max'));
    assert.ok(shots > 5, `${shots} shots`);
    await slide(page, 'training-time', Math.floor(shots / 3));
    const step = await shotOf(page, /SW2/);
    assert.ok(step > 0 && step < 1200, `step ${step}`);
    assert.match(await saidBy(page, 'training-time'), /^step [\d,]+ · loss \d\.\d+ · SW2 \d\.\d+/);
    assert.equal(await page.getAttribute('#live', 'aria-pressed'), 'false');
    const earlier = await Model.create();
    earlier.train(step);
    const { samples } = await wayOf(page);
    assert.deepEqual(samples, earlier.sample({ n: samples.length / 2, seed: SEED }));
    earlier.dispose();
    assert.notEqual(await pictureOf(page), latest);
    // At t = 0 both are the same noise.
    await slide(page, 'flow-time', 0);
    assert.ok(
      (await wayOf(page)).noise.every((x, i) => x === model.noise({ n: 2000, seed: SEED })[i]),
    );
    await page.click('#live');
    assert.match(await saidBy(page, 'training-time'), /^live: step 1,200/);
    await slide(page, 'flow-time', 200);
    assert.equal(await pictureOf(page), latest);
  });

  test('playing never takes the page’s own thread for long', async (t) => {
    const traced = await trace(page);
    await page.locator('body').press('p');
    await page.waitForTimeout(2000);
    await page.locator('body').press('p');
    await page.waitForSelector('#play[aria-label="Play the flow"]');
    const longest = await traced();
    t.diagnostic(`longest task ${longest.processor} ms`);
    assert.ok(longest.processor < TASK_MS, JSON.stringify(longest));
  });

  test('undo brings the run back after a reset, with its losses and snapshots, and back again', async () => {
    const hash = await page.textContent('#hash');
    const words = await page.textContent('#chart-text');
    assert.equal(hash, await model.digest());
    assert.equal(await page.isVisible('#undo'), false);
    const shots = await page.getAttribute('#training-time', 'max');
    await page.click('#reset');
    await settled(page, 'ready');
    assert.notEqual(await page.textContent('#hash'), hash);
    // Another model that learned nothing does not take the place of the one to be brought back.
    await choose(page, 'hidden', '8');
    await settled(page, 'ready');
    await page.click('#undo');
    await settled(page, 'finished');
    assert.equal(await page.textContent('#hash'), hash);
    assert.equal(await page.textContent('#chart-text'), words);
    assert.equal(await page.getAttribute('#training-time', 'max'), shots);
    assert.equal(await page.inputValue('#p-hidden'), '24');
    assert.equal(await page.isVisible('#undo'), false);
    await page.click('#reset');
    await settled(page, 'ready');
    await page.click('#step');
    await settled(page, 'paused');
    await page.click('#undo');
    await settled(page, 'finished');
    await page.locator('body').press('u');
    await settled(page, 'paused');
    assert.equal(await stepOf(page), 1);
  });

  test('nothing complained', () => assert.deepEqual(complaints, []));
});

test('where little motion is asked for, the page waits: nothing trains and nothing plays', async () => {
  const { page } = await visit(site, { before: watch });
  await settled(page, 'ready');
  await page.waitForFunction(() => globalThis.ways.length > 0);
  await page.waitForTimeout(300);
  assert.equal(await stepOf(page), 0);
  assert.equal(await page.getAttribute('#play', 'aria-label'), 'Play the flow');
  assert.equal(await page.inputValue('#flow-time'), '200');
  assert.equal(await page.isDisabled('#training-time'), true);
});

test('the reader looks back while training goes on, and snapshots outlive the worker', async () => {
  const { page, complaints } = await visit(site, {
    before: () => {
      const { Worker } = globalThis;
      const workers = [];
      globalThis.workers = workers;
      globalThis.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          workers.push(this);
        }
      };
    },
  });
  await settled(page, 'ready');
  await choose(page, 'hidden', '8');
  await settled(page, 'ready');
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await page.waitForFunction(
    () => Number(document.querySelector('#training-time')?.getAttribute('max') ?? 0) > 4,
  );
  await slide(page, 'training-time', 2);
  const shot = await shotOf(page, /SW2/);
  const step = await stepOf(page);
  await page.waitForFunction((step) => {
    const [, now] = /step ([\d,]+)/.exec(document.querySelector('#progress-text').textContent);
    return Number(now.replaceAll(',', '')) > step;
  }, step);
  assert.equal(await shotOf(page, /SW2/), shot);
  await page.click('#start');
  await settled(page, 'paused');
  const shots = await page.getAttribute('#training-time', 'max');
  await page.evaluate(() => {
    const [worker] = globalThis.workers;
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await page.waitForSelector('#notice:not([hidden])');
  await settled(page, 'paused');
  assert.equal(await page.getAttribute('#training-time', 'max'), shots);
  assert.equal(await shotOf(page, /SW2/), shot);
  assert.deepEqual(complaints, []);
});
