/** @file The graphs beside the stage in headless Chromium: their tabs, what they say, and what they are drawn from. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, open, project, settled, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * Waits until the caption of the graph says something.
 * @param {import('playwright-core').Page} page
 * @param {string} pattern
 */
async function said(page, pattern) {
  const found = (/** @type {string} */ wanted) =>
    new RegExp(wanted).test(document.querySelector('#chart-text')?.textContent ?? '');
  await page.waitForFunction(found, pattern, { timeout: 20_000 });
  return page.textContent('#chart-text');
}

test('each graph of a trained run says its numbers, and the tabs are moved along by keys', async (t) => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  await choose(page, 'steps', '600');
  await page.click('#start');
  await settled(page, 'finished');
  // The excess of the last step is measured after it, by the second worker.
  const end = Date.now() + 15_000;
  for (;;) {
    const caption = (await said(page, 'dashed line.*batches by')) ?? '';
    const [, loss, floor, excess] = (
      /to (\S+), the mean.*line, (\S+), is.*batches by (\S+):/.exec(caption) ?? []
    ).map(Number);
    assert.ok(floor > 0 && floor < loss, caption);
    if (Math.abs(loss - floor - excess) < 0.3 * loss) break;
    assert.ok(Date.now() < end, caption);
    await page.waitForTimeout(50);
  }
  t.diagnostic((await page.textContent('#chart-text')) ?? '');
  await page.screenshot({ path: `${project}wasm_build/graphs-loss.png` });
  await page.focus('#tab-loss');
  for (const [name, pattern] of [
    ['excess', 'what training can still gain'],
    ['distance', 'SW2, the distance between samples and data, is \\d'],
    ['time', 'Mean loss at the time t, in 20 bins: \\d'],
    ['speed', 'Training steps a second: [\\d,]+ in the mean'],
  ]) {
    await page.keyboard.press('ArrowRight');
    t.diagnostic((await said(page, pattern)) ?? '');
    assert.equal(await page.getAttribute(`#tab-${name}`, 'aria-selected'), 'true');
    assert.equal(await page.evaluate(() => document.activeElement?.id), `tab-${name}`);
    assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
    const inked = await page.$eval('#chart canvas', (canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const ctx = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
      return (ctx?.getImageData(0, 0, width, height).data ?? []).filter(
        // Orange: much more red than blue.
        (red, i, all) => i % 4 === 0 && red > all[i + 2] + 60 && all[i + 3] > 100,
      ).length;
    });
    assert.ok(inked > 20, `${name}: ${inked} orange pixels`);
    await page.screenshot({ path: `${project}wasm_build/graphs-${name}.png` });
  }
  assert.deepEqual(complaints, []);
});

test('where no floor is known the excess says why', async () => {
  const { page, complaints } = await visit(site, { viewport: { width: 360, height: 800 } });
  await settled(page, 'ready');
  await choose(page, 'coupling', 'ot');
  await settled(page, 'ready');
  await page.click('#tab-excess');
  await said(page, 'the coupling ot chooses pairs within each batch');
  await page.screenshot({ path: `${project}wasm_build/graphs-360.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${wide}`);
  assert.deepEqual(complaints, []);
});
