/** @file The panel of the handwritten digits in headless Chromium: nothing before it is started, then learning in front of the reader. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readDigits } from '../../web/lib/digits.js';
import { Model } from '../../web/lib/model.js';
import { open, settled, TASK_MS, trace, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/** Runs in the page: notes the pixels that workers answer, by how many there are, and which workers there are. */
function watch() {
  const pixels = new Map();
  const workers = [];
  Object.assign(globalThis, { pixels, workers });
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push(String(args[0]));
      this.addEventListener('message', ({ data }) => {
        const { value } = data;
        if (value instanceof Float32Array && value.length % 64 === 0)
          pixels.set(value.length / 64, value);
      });
    }
  };
}

/** @param {import('playwright-core').Page} page @param {string} id */
const picture = (page, id) =>
  page.$eval(id, (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());

/** @param {import('playwright-core').Page} page @param {...string} phases */
const phase = (page, ...phases) =>
  page.waitForFunction(
    (phases) => phases.includes(document.querySelector('#digits')?.dataset.phase ?? ''),
    phases,
    { timeout: 60_000 },
  );

describe('a reader teaches it the digits', () => {
  /** @type {Awaited<ReturnType<typeof visit>>} */
  let visited;
  /** @type {import('playwright-core').Page} */
  let page;
  let step = 0;
  /** @type {Awaited<ReturnType<typeof trace>>} */
  let traced;

  before(async () => {
    visited = await visit(site, { before: watch });
    page = visited.page;
    await settled(page, 'ready');
  });

  test('before the button nothing of it is loaded or runs', async () => {
    assert.equal(page.workers().length, 2);
    assert.equal(visited.requests.filter((url) => /scribe|digits/.test(url)).length, 0);
    assert.match((await page.textContent('#digits .credit')) ?? '', /CC BY 4\.0/);
    assert.equal(await page.locator('#digits canvas').count(), 0);
    const presets = await page.$$eval('#preset option', (all) => all.map(({ value }) => value));
    assert.ok(presets.includes('seed') && !presets.includes('digits'), presets.join());
    traced = await trace(page);
  });

  test('the button starts it, and the images appear and change as it learns', async () => {
    await page.click('#digits-start');
    await phase(page, 'training');
    const first = await picture(page, '#digits-made');
    await page.waitForFunction(() => {
      const words = document.querySelector('#digits-made')?.getAttribute('aria-label') ?? '';
      const [, step] = /after ([\d,]+) steps/.exec(words) ?? [];
      return Number(step?.replaceAll(',', '')) > 100;
    });
    assert.notEqual(await picture(page, '#digits-made'), first);
    await page.click('#digits-start');
    await phase(page, 'paused');
    const words = (await page.textContent('#digits-progress')) ?? '';
    step = Number((/step ([\d,]+) of 1,500 · loss \d/.exec(words) ?? [])[1]?.replaceAll(',', ''));
    assert.ok(step > 100 && step < 1500, words);
  });

  test('what it shows is to the bit what Node makes after as many steps', async () => {
    const { points, labels, images, dim } = await readDigits(24);
    const model = await Model.create({ preset: 'digits', dim });
    model.setPoints(points, undefined, labels);
    model.setImages(images);
    model.train(step);
    const of = Int32Array.from({ length: 80 }, (_, i) => Math.floor(i / 8));
    const made = model.pixels(model.sample({ n: 80, labels: of, guidance: 2 }));
    const seen = await page.evaluate(() => [...globalThis.pixels.get(80)]);
    assert.deepEqual(Float32Array.from(seen), made);
    model.dispose();
  });

  test('guidance changes the images, another digit its way', async () => {
    const [made, way] = [await picture(page, '#digits-made'), await picture(page, '#digits-way')];
    await page.locator('#digits-guidance').fill('6');
    await page.waitForFunction(() => {
      const words = document.querySelector('#digits-made')?.getAttribute('aria-label') ?? '';
      return words.endsWith('guidance 6');
    });
    assert.notEqual(await picture(page, '#digits-made'), made);
    assert.match((await page.textContent('#digits-guided')) ?? '', /^6: away from the other/);
    const real = await picture(page, '#digits-real');
    await page.locator('.picks input[value="7"]').check();
    await page.waitForFunction(() => {
      const words = document.querySelector('#digits-way')?.getAttribute('aria-label') ?? '';
      return words.includes('to a 7');
    });
    assert.notEqual(await picture(page, '#digits-real'), real);
    assert.notEqual(await picture(page, '#digits-way'), way);
  });

  test('the main run was not touched, and the page’s own thread was never taken for long', async (t) => {
    assert.equal(await page.getAttribute('body', 'data-phase'), 'ready');
    const longest = await traced();
    t.diagnostic(`longest task ${longest.processor} ms`);
    assert.ok(longest.processor < TASK_MS, JSON.stringify(longest));
    assert.deepEqual(visited.complaints, []);
  });
});

test('it fits a screen of 320 pixels', async () => {
  const { page } = await visit(site, { viewport: { width: 320, height: 640 } });
  await settled(page, 'ready');
  await page.click('#digits-start');
  await phase(page, 'training');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide} px`);
  await page.context().close();
});

test('digits that do not arrive are said so, and leave no worker behind', async () => {
  const { page } = await visit(site, { serviceWorkers: 'block' });
  await settled(page, 'ready');
  await page.route(/scribe|digits/, (route) => route.abort());
  const before = page.workers().length;
  for (let press = 0; press < 2; press++) {
    await page.click('#digits-start');
    await page.waitForFunction(() =>
      /did not arrive/.test(document.querySelector('#digits').textContent),
    );
    await phase(page, 'idle');
    for (let i = 0; i < 50 && page.workers().length > before; i++) await page.waitForTimeout(20);
    assert.equal(page.workers().length, before);
  }
});
