/** @file The panel of guidance in headless Chromium. */

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
 * Moves a slider as a hand does.
 * @param {import('playwright-core').Page} page
 * @param {string} id
 * @param {string} value
 */
async function slide(page, id, value) {
  await page.locator(id).fill(value);
}

/**
 * Waits until the finding says something, and says what.
 * @param {import('playwright-core').Page} page
 * @param {string} pattern
 */
async function finding(page, pattern) {
  const found = (/** @type {string} */ wanted) =>
    new RegExp(wanted).test(document.querySelector('#guidance-finding')?.textContent ?? '');
  await page.waitForFunction(found, pattern, { timeout: 20_000 });
  return (await page.textContent('#guidance-finding')) ?? '';
}

test('one button sets up a labelled run; stronger guidance crowds its classes', async (t) => {
  const { page, complaints } = await visit(site, { viewport: { width: 1440, height: 1000 } });
  await settled(page, 'ready');
  assert.match((await page.textContent('#guidance-hint')) ?? '', /learns moons without classes/);
  assert.equal(await page.locator('#guidance input').count(), 0);
  assert.equal(await page.textContent('#label-run'), 'Learn moons by class');
  await choose(page, 'steps', '600');
  await choose(page, 'data', '8gaussians');
  await settled(page, 'ready');
  await page.click('#label-run');
  await settled(page, 'finished');
  assert.equal(await page.inputValue('#p-data'), '8gaussians');
  assert.equal(await page.inputValue('#p-classes'), '8');
  await page.locator('#guidance').scrollIntoViewIfNeeded();
  const strong = await finding(page, 'At w = 3 .* 0\\.\\d+ times as far .* miss the data');
  t.diagnostic(strong);
  const [, kin, before1, price] =
    /([\d.]+)% of them .* and ([\d.]+)% at w = 1.*less varied, and the price is ([\d.]+) more in SW2/.exec(
      strong,
    ) ?? [];
  assert.ok(Number(price) > 0, strong);
  assert.equal(/are purer/.test(strong), Number(kin) - Number(before1) >= 1, strong);
  assert.equal(await page.locator('#guidance tbody tr').count(), 8);
  const names = await page.locator('#guidance tbody th').allTextContents();
  assert.deepEqual(names.slice(0, 2), ['Gaussian at 0°', 'Gaussian at 45°']);
  await page.waitForSelector('#guidance-plain[aria-label*="by class: Gaussian at 0°, "]');
  const numbers = await page.$$eval('#guidance tbody td', (cells) =>
    cells.map(({ textContent }) => Number(textContent)),
  );
  assert.ok(numbers.length === 24 && numbers.every((number) => number > 0), `${numbers}`);
  const spots = await page.$$eval('.spot', (all) =>
    all.map((spot) => getComputedStyle(spot).backgroundColor),
  );
  assert.equal(new Set(spots).size, 8);
  await page.locator('#guidance').screenshot({ path: `${project}wasm_build/guidance.png` });
  const pictures = () =>
    page.$$eval('#guidance canvas', (all) =>
      all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()),
    );
  const before = await pictures();
  assert.match((await page.textContent('#guidance-cost')) ?? '', /costs 100 .* in place of 50:/);
  assert.notEqual(before[0], before[1]);
  await slide(page, '#guide-scale', '1');
  await finding(page, 'both pictures are the same');
  await page.waitForTimeout(100);
  const alike = await pictures();
  assert.match((await page.textContent('#guidance-cost')) ?? '', /costs 50 /);
  assert.equal(alike[0], alike[1]);
  assert.equal(alike[0], before[0]);
  await slide(page, '#guide-scale', '0');
  t.diagnostic(
    await finding(page, 'At w = 0 .* \\d\\d times as far .* are less pure and more spread'),
  );
  await slide(page, '#guide-from', '0.8');
  await slide(page, '#guide-to', '0.3');
  await page.waitForFunction(
    () => /** @type {HTMLInputElement} */ (document.querySelector('#guide-from')).value === '0.3',
  );
  await slide(page, '#guide-scale', '2');
  await page.waitForFunction(() =>
    document.querySelector('#guidance-cost')?.textContent?.includes('between 50 and 100'),
  );
  assert.deepEqual(complaints, []);
});

test('on a phone in the dark it fits, and a new model without classes takes the pictures away', async () => {
  const { page, complaints } = await visit(site, {
    viewport: { width: 360, height: 800 },
    colorScheme: 'dark',
  });
  await settled(page, 'ready');
  await choose(page, 'steps', '100');
  await page.click('#label-run');
  await settled(page, 'finished');
  await page.locator('#guidance').scrollIntoViewIfNeeded();
  await finding(page, 'miss the data');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${wide}`);
  await page.locator('#guidance').screenshot({ path: `${project}wasm_build/guidance-360.png` });
  await page.click('summary');
  await choose(page, 'classes', '0');
  await settled(page, 'ready');
  await page.waitForSelector('#label-run');
  assert.equal(await page.locator('#guidance canvas').count(), 0);
  assert.deepEqual(complaints, []);
});

test('the run is labelled on the data at hand, is told to do without a class too, and gives way to the one before', async () => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  await choose(page, 'steps', '30');
  await choose(page, 'data', 'circles');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
  const hash = await page.textContent('#hash');
  await page.click('summary');
  await choose(page, 'label_drop', '0');
  await page.click('#label-run');
  await settled(page, 'finished');
  const rows = ['data', 'classes', 'label_drop', 'steps'];
  const values = () => Promise.all(rows.map((name) => page.inputValue(`#p-${name}`)));
  assert.deepEqual(await values(), ['circles', '2', '0.1', '30']);
  assert.notEqual(await page.textContent('#hash'), hash);
  await page.click('#undo');
  await page.waitForFunction((hash) => document.querySelector('#hash')?.textContent === hash, hash);
  assert.deepEqual((await values()).slice(0, 2), ['circles', '0']);
  assert.deepEqual(complaints, []);
});
