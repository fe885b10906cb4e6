/** @file The guided tour: every stop sets the page up, the card is out of the way, and the reader's own settings come back. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { STOPS } from '../../web/app/itinerary.js';
import { choose, open, project, settled, stepOf, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/** @param {import('playwright-core').Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id);

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} names
 */
const values = (page, names) =>
  Promise.all(names.map((name) => page.inputValue(`#p-${name}`).catch(() => '')));

test('every stop sets up what it says, by keyboard alone, and the reader’s model comes back', async () => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  await choose(page, 'steps', '60');
  await choose(page, 'seed', '5');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
  const hash = await page.textContent('#hash');

  await page.focus('#tour-start');
  await page.keyboard.press('Enter');
  for (const [i, { name, model, live, guide, straighten }] of STOPS.entries()) {
    await page.waitForFunction(
      (i) => document.querySelector('#tour .small')?.textContent?.includes(`${i} of`),
      i + 1,
    );
    assert.equal(await focused(page), 'tour-title', name);
    await settled(page, 'training', 'reflowing', 'finished');
    if (straighten) {
      await page.waitForSelector('#reflow-result:not([hidden])');
      await page.click('#reflow');
      await settled(page, 'paused', 'finished');
    }
    const wanted = { seed: 0, ...model, ...live };
    assert.deepEqual(
      await values(page, Object.keys(wanted)),
      Object.values(wanted).map(String),
      name,
    );
    assert.equal(await page.locator('.toured').count(), 1, name);
    if (guide) {
      assert.equal(await page.inputValue('#guide-scale'), String(guide.scale), name);
      assert.equal(await page.locator('#guidance.toured').count(), 1, name);
    }
    assert.equal(await page.textContent('#tour .fault'), '', name);
    if (i === STOPS.length - 1) break;
    if (name === 'path') await page.screenshot({ path: `${project}wasm_build/page-tour.png` });
    await page.focus('#tour-next');
    await page.keyboard.press('Enter');
  }
  assert.equal(await page.isVisible('#tour-next'), false);
  await page.keyboard.press('Escape');
  await page.waitForFunction((hash) => document.querySelector('#hash')?.textContent === hash, hash);
  await settled(page, 'finished');
  assert.equal(await page.isVisible('#tour'), false);
  assert.equal(await focused(page), 'tour-start');
  assert.deepEqual(await values(page, ['seed', 'steps', 'path', 'classes']), [
    '5',
    '60',
    'linear',
    '0',
  ]);
  assert.equal(await stepOf(page), 60);
  assert.equal(await page.locator('.toured').count(), 0);
  assert.deepEqual(complaints, []);
});

test('an untrained model’s settings come back too, and the page can be used during the tour', async () => {
  const { page, complaints } = await visit(site, { viewport: { width: 360, height: 740 } });
  await settled(page, 'ready');
  await choose(page, 'data', 'circles');
  await choose(page, 'steps', '40');
  await settled(page, 'ready');
  await page.click('#tour-start');
  await settled(page, 'training', 'finished');
  assert.equal(await page.isDisabled('#tour-back'), true);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  const card = await page.locator('#tour').boundingBox();
  assert.ok(card && card.height < 740 / 2, `${card?.height} px`);
  await choose(page, 'solver', 'rk4');
  await page.click('#tour-next');
  await settled(page, 'training', 'finished');
  await page.click('#tour-back');
  await settled(page, 'training', 'finished');
  assert.deepEqual(await values(page, ['path', 'solver']), ['vp-cosine', 'heun']);
  await page.click('#tour-end');
  await settled(page, 'ready');
  assert.deepEqual(await values(page, ['data', 'steps', 'path']), ['circles', '40', 'linear']);
  assert.deepEqual(complaints, []);
});

test('on a small phone the picture stands above the card, whose buttons and rest are at hand', async () => {
  const { page, complaints } = await visit(site, {
    viewport: { width: 360, height: 640 },
    hasTouch: true,
    isMobile: true,
  });
  await settled(page, 'ready');
  await page.click('#tour-start');
  /** The parts of the screen that they take. @param {...string} selectors */
  const boxes = (...selectors) =>
    page.evaluate(
      (selectors) =>
        selectors.map((selector) => {
          const { top, bottom, right } = /** @type {Element} */ (
            document.querySelector(selector)
          ).getBoundingClientRect();
          return { top, bottom, right };
        }),
      selectors,
    );
  const pictures = ['#stage', '#chart canvas', '#solver-precision', null, '#guidance-plain'];
  for (const [i, picture] of pictures.entries()) {
    await page.waitForFunction(
      (i) => document.querySelector('#tour .small')?.textContent?.includes(`${i} of`),
      i + 1,
    );
    await settled(page, 'training', 'reflowing', 'finished');
    if (picture) {
      await page.waitForSelector(picture, { timeout: 40_000 });
      await page.waitForTimeout(600);
      const [card, shown, nav] = await boxes('#tour', picture, '.bearings');
      const seen = Math.min(card.top, shown.bottom) - Math.max(nav.bottom, shown.top);
      assert.ok(seen > 0.95 * (shown.bottom - shown.top), `${picture}: ${seen} px`);
      assert.ok(card.bottom - card.top <= 200, `${card.bottom - card.top} px`);
    }
    for (const { bottom, right } of await boxes('#tour-next', '#tour-end', '#tour-more')) {
      assert.ok(bottom <= 640 && right <= 360, `${bottom}, ${right}`);
    }
    assert.equal(await page.isVisible('#tour .by-key'), false);
    const [told] = await page.locator('#tour .story p').allTextContents();
    assert.doesNotMatch(told, /Escape|\bP\b/);
    assert.equal(await page.isVisible('#tour strong'), false);
    if (i === 0) {
      await page.screenshot({ path: `${project}wasm_build/tour-360.png` });
      await page.click('#tour-more');
      await page.waitForSelector('#tour strong', { state: 'visible' });
      assert.ok((await boxes('#tour-next'))[0].bottom <= 640);
      await page.screenshot({ path: `${project}wasm_build/tour-360-more.png` });
    }
    await page.click('#tour-next');
  }
  assert.deepEqual(complaints, []);
});

test('a run that trained before the tour trains on after it', async () => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await page.waitForFunction(() =>
    /step [1-9]/.test(document.querySelector('#progress-text').textContent),
  );
  await page.click('#tour-start');
  await page.waitForFunction(() => document.querySelector('#p-path').value === 'vp-cosine');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('#p-steps').value === '1000000');
  await settled(page, 'training');
  await page.click('#start');
  await settled(page, 'paused');
  assert.deepEqual(complaints, []);
});
