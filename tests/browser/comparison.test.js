/** @file The panel that compares in headless Chromium: two runs side by side, and the grid of settings. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { choose, open, settled, visit } from './visit.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

const SMALL = { hidden: 8, layers: 1, batch: 32, solver_steps: 4, steps: 60 };

/** A page whose main run is small. @param {Parameters<typeof visit>[1]} [options] */
async function small(options) {
  const visited = await visit(site, options);
  const { page } = visited;
  await settled(page, 'ready');
  for (const [name, value] of Object.entries(SMALL)) {
    await choose(page, name, String(value));
    await settled(page, 'ready');
  }
  return visited;
}

/** @param {import('playwright-core').Page} page @param {...string} phases */
const contest = (page, ...phases) =>
  page.waitForFunction(
    (phases) => phases.includes(document.querySelector('#compare')?.dataset.phase ?? ''),
    phases,
    { timeout: 60_000 },
  );

/** @param {import('playwright-core').Page} page @param {...string} phases */
const grid = (page, ...phases) =>
  page.waitForFunction(
    (phases) => phases.includes(document.querySelector('.ablation')?.dataset.phase ?? ''),
    phases,
    { timeout: 60_000 },
  );

/** The two cells of a row of the table. @param {import('playwright-core').Page} page @param {string} row */
const cells = (page, row) =>
  page.locator(`#compare-table [data-row="${row}"] td`).allTextContents();

/** What stands in an element after the next frame. @param {import('playwright-core').Page} page @param {string} id */
async function told(page, id) {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  return (await page.textContent(id)) ?? '';
}

/** Takes another setting, and waits for its values. @param {import('playwright-core').Page} page @param {string} name */
async function differ(page, name) {
  await page.selectOption('#compare-setting', name);
  await told(page, '#compare-help');
}

/** Both pictures. @param {import('playwright-core').Page} page */
async function pictures(page) {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  return page.$$eval('.views .pair canvas', (all) =>
    all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()),
  );
}

/** The workers of the main run and of its viewer. */
const OWN = 2;

/**
 * A run says that it goes while its workers still start.
 * @param {import('playwright-core').Page} page
 */
async function begun(page) {
  for (let i = 0; i < 50 && page.workers().length <= OWN; i++) await page.waitForTimeout(20);
  assert.ok(page.workers().length > OWN);
}

/** @param {import('playwright-core').Page} page */
async function ended(page) {
  for (let i = 0; i < 50 && page.workers().length > OWN; i++) await page.waitForTimeout(20);
  assert.equal(page.workers().length, OWN);
}

describe('a reader compares two runs', () => {
  /** @type {Awaited<ReturnType<typeof visit>>} */
  let visited;
  /** @type {import('playwright-core').Page} */
  let page;

  before(async () => {
    visited = await small();
    page = visited.page;
  });

  test('the same setting on both sides: the same hash, that of Node; and no worker before or after', async () => {
    await ended(page);
    await differ(page, 'coupling');
    await page.selectOption('#compare-b', 'independent');
    await page.click('#compare-start');
    await contest(page, 'training', 'measuring');
    assert.equal(page.workers().length, OWN + 2);
    await contest(page, 'done');
    const model = await Model.create(SMALL);
    model.train(SMALL.steps);
    const hash = (await model.digest()).slice(0, 12);
    assert.deepEqual(await cells(page, 'weights'), [hash, hash]);
    const { sw2, sw2_floor } = model.quality({ n: 10_000 });
    assert.deepEqual(await cells(page, 'sw2'), [sw2.toFixed(3), sw2.toFixed(3)]);
    assert.deepEqual(await cells(page, 'floor'), [sw2_floor.toFixed(3), sw2_floor.toFixed(3)]);
    model.dispose();
    const [a, b] = await pictures(page);
    assert.equal(a, b);
    assert.match(await told(page, '#compare-verdict'), /every bit of both networks/);
    await ended(page);
  });

  test('another coupling gives another network; both pictures begin at the same noise', async () => {
    await page.selectOption('#compare-b', 'ot');
    await page.click('#compare-start');
    await contest(page, 'done');
    const [a, b] = await cells(page, 'weights');
    assert.notEqual(a, b);
    const end = await pictures(page);
    assert.notEqual(end[0], end[1]);
    await page.locator('#compare-time').fill('0');
    const begin = await pictures(page);
    assert.equal(begin[0], begin[1]);
    assert.notEqual(begin[0], end[0]);
    // Before the first step both networks are the same too.
    await page.locator('#compare-time').fill('200');
    await page.locator('#compare-moment').fill('0');
    const untrained = await pictures(page);
    assert.equal(untrained[0], untrained[1]);
    assert.notEqual(untrained[0], end[0]);
    assert.match(await told(page, '#compare-verdict'), /losses measure different things/);
  });

  test('another solver at equal cost: as many evaluations, by other steps, of the same network', async () => {
    await differ(page, 'solver');
    await page.selectOption('#compare-a', 'heun');
    await page.selectOption('#compare-b', 'euler');
    assert.match(await told(page, '#compare-cost'), /^Equal cost: 8 /, 'before it begins');
    await page.click('#compare-start');
    await contest(page, 'done');
    assert.deepEqual(await cells(page, 'nfe'), ['8', '8']);
    assert.match(
      await told(page, '#compare-cost'),
      /^Equal cost: 8 .* A by heun in 4 steps, B by euler in 8 steps\.$/,
    );
    const [a, b] = await cells(page, 'weights');
    assert.equal(a, b);
    assert.match(await told(page, '#compare-verdict'), /the same to the bit; only/);
  });

  test('dopri5 is measured first, and the other side gets what it took', async () => {
    await page.selectOption('#compare-b', 'dopri5');
    await choose(page, 'solver_steps', '100');
    await page.click('#compare-start');
    await contest(page, 'done');
    const [a, b] = (await cells(page, 'nfe')).map(Number);
    assert.ok(b > 6 && Math.abs(a - b) < 2, `${a} and ${b}`);
    await choose(page, 'solver_steps', '4');
  });

  test('a value that the engine does not take is told at the fields, and nothing starts', async () => {
    await differ(page, 'features');
    await page.locator('input#compare-b').fill('7');
    await page.locator('#compare-b').blur();
    assert.equal(await told(page, '#compare-cost'), '');
    assert.match(await told(page, '#compare-fault'), /features: got 7; allowed is an even/);
    await page.click('#compare-start');
    assert.equal(page.workers().length, OWN);
    await page.locator('#compare-b').fill('');
    await page.locator('#compare-b').blur();
    assert.match(await told(page, '#compare-fault'), /holds no number/);
  });

  test('what a contest was of stays with it when the form and the settings change', async () => {
    await differ(page, 'lr');
    await page.click('#compare-start');
    await contest(page, 'done');
    const ran = await told(page, '#compare-ran');
    assert.equal(
      ran,
      'This contest was of moons, from seed 0. Equal cost: 8 network evaluations (NFE) a sample on both sides, A by heun in 4 steps, B by heun in 4 steps.',
    );
    assert.match(await told(page, '#compare-verdict'), /What differs is lr\. AdamW: /);
    await differ(page, 'solver');
    await page.selectOption('#compare-b', 'euler');
    assert.match(await told(page, '#compare-cost'), /B by euler in 8 steps/);
    assert.equal(await told(page, '#compare-ran'), ran);
    await choose(page, 'data', 'circles');
    await settled(page, 'ready');
    assert.match(
      await told(page, '#compare-ran'),
      /of moons, .* Settings have been changed since;/,
    );
    await choose(page, 'data', 'moons');
    await settled(page, 'ready');
    assert.equal(await told(page, '#compare-ran'), ran);
  });

  test('it can be called off, and its workers end with it', async () => {
    await choose(page, 'steps', '1000000');
    await differ(page, 'path');
    await page.click('#compare-start');
    await contest(page, 'training');
    assert.equal(await page.textContent('#compare-start'), 'Stop');
    await page.click('#compare-start');
    await contest(page, 'stopped');
    await ended(page);
    await choose(page, 'steps', String(SMALL.steps));
  });

  test('that guidance asks the network twice a step is said where it is chosen', async () => {
    await page.click('summary');
    await choose(page, 'classes', '2');
    await settled(page, 'ready');
    await differ(page, 'guidance');
    assert.match(
      await told(page, '#compare-cost'),
      /^Equal cost: 8 .* A by heun in 4 steps, B by heun in 2 steps\. Guidance .* twice a step\.$/,
    );
    await choose(page, 'classes', '0');
    await settled(page, 'ready');
    await page.click('summary');
  });

  test('nothing complained, and the main run stands as it was', async () => {
    assert.deepEqual(visited.complaints, []);
    assert.equal(await page.getAttribute('body', 'data-phase'), 'ready');
  });
});

describe('a reader fills the grid', () => {
  /** @type {Awaited<ReturnType<typeof visit>>} */
  let visited;
  /** @type {import('playwright-core').Page} */
  let page;

  before(async () => {
    visited = await small();
    page = visited.page;
  });

  test('each cell is the model of Node, the nearest is marked, what cannot be is explained', async () => {
    await page.locator('.ticks input[value="ot-conditional"]').check();
    await page.locator('#ablation-columns-values').fill('1, 4');
    await page.locator('#ablation-columns-values').blur();
    await page.click('#ablation-start');
    await grid(page, 'running');
    await begun(page);
    await grid(page, 'done');
    await ended(page);
    const texts = await page.locator('#ablation-grid tbody td').allTextContents();
    assert.equal(texts.length, 6);
    const expected = [];
    for (const coupling of ['independent', 'ot']) {
      const model = await Model.create({ ...SMALL, coupling });
      model.train(SMALL.steps);
      for (const steps of [1, 4]) {
        const { sw2, nfe } = model.quality({ n: 4000, steps });
        expected.push({ sw2, text: `${sw2.toFixed(3)} · ${nfe} NFE` });
      }
      model.dispose();
    }
    const best = Math.min(...expected.map(({ sw2 }) => sw2));
    expected.forEach(({ sw2, text }, i) => {
      assert.ok(texts[i].includes(text), `${texts[i]} is not ${text}`);
      assert.equal(texts[i].includes('nearest'), sw2 === best);
    });
    for (const text of texts.slice(4)) assert.match(text, /only with classes/);
    const shown = await page.$$eval('#ablation-grid canvas', (all) =>
      all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()),
    );
    assert.equal(new Set(shown).size, 4);
  });

  test('what makes no grid is refused where it was typed', async () => {
    await page.locator('#ablation-columns-values').fill('1, many');
    await page.locator('#ablation-columns-values').blur();
    await page.click('#ablation-start');
    assert.match(await told(page, '#ablation-fault'), /"many" is no number from 1 to/);
    await page.selectOption('#ablation-columns', 'coupling');
    await page.click('#ablation-start');
    assert.match(await told(page, '#ablation-fault'), /two different settings/);
    assert.equal(page.workers().length, OWN);
  });

  test('it can be called off, and its workers end with it', async () => {
    await choose(page, 'steps', '1000000');
    await page.selectOption('#ablation-columns', 'time');
    await page.click('#ablation-start');
    await grid(page, 'running');
    await page.click('#ablation-start');
    await grid(page, 'stopped');
    await ended(page);
    assert.deepEqual(visited.complaints, []);
  });
});

test('it fits a screen of 320 pixels', async () => {
  const { page } = await small({ viewport: { width: 320, height: 640 } });
  await page.click('#compare-start');
  await contest(page, 'done');
  await page.click('#ablation-start');
  await grid(page, 'done');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide} px`);
  await page.context().close();
});

test('done, in Chinese and dark: axe finds nothing in it or in the digits, and no sentence is English', async () => {
  const { page } = await small({ locale: 'zh-CN', colorScheme: 'dark' });
  await page.click('#compare-start');
  await contest(page, 'done');
  await page.click('#ablation-start');
  await grid(page, 'done');
  await page.click('#digits-start');
  await page.waitForSelector('#digits-real');
  await page.click('#digits-start');
  await page.waitForFunction(() => document.querySelector('#digits')?.dataset.phase === 'paused');
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({ include: ['#compare', '#digits'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  });
  assert.deepEqual(found, []);
  const text = await page.evaluate(() =>
    ['#compare', '#digits'].map((id) => document.querySelector(id).textContent).join(' '),
  );
  assert.doesNotMatch(text.replace(/Optical.*Digits/, ''), /[a-z]+ [a-z]+ [a-z]+/);
  assert.match(text, /两边|分不出高下|更接近数据/);
  await page.context().close();
});
