/** @file The panel of solvers in headless Chromium. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, follow, open, project, settled, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

test('the solvers are measured when the reader comes to them, and again when asked', async (t) => {
  const { page, complaints } = await visit(site, { viewport: { width: 1440, height: 1000 } });
  await settled(page, 'ready');
  assert.equal(await page.isDisabled('#measure-solvers'), true);
  assert.match((await page.textContent('#solver-hint')) ?? '', /Train first/);
  await choose(page, 'steps', '400');
  await page.click('#start');
  await settled(page, 'finished');
  assert.equal(await page.locator('#solver-finding').count(), 0);
  await page.locator('#solver').scrollIntoViewIfNeeded();
  await page.waitForSelector('#solver-finding', { timeout: 20_000 });
  const said = (await page.textContent('#solver-finding')) ?? '';
  t.diagnostic(said);
  assert.match(said, /the cheapest is \w+ with [\d,]+ evaluations.*With no more than 8/);
  const strides = (await page.textContent('#solver-strides-text')) ?? '';
  t.diagnostic(strides);
  assert.match(strides, /from 0\.\d+ to [01]\.\d+ long.* \d+ of \d+ tries/);
  assert.match(
    (await page.getAttribute('#solver-precision', 'aria-label')) ?? '',
    /euler: \S+ to \S+\. .*dopri5: \S+ to \S+\./,
  );
  const rows = await page.$$eval('#solver tbody tr', (lines) => lines.length);
  assert.equal(rows, 5 + 4);
  await page.locator('#solver').screenshot({ path: `${project}wasm_build/solver.png` });
  await page.setViewportSize({ width: 360, height: 800 });
  await page.waitForTimeout(300);
  await page.locator('#solver').screenshot({ path: `${project}wasm_build/solver-360.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${wide}`);
  await page.setViewportSize({ width: 768, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  await page.locator('#solver').screenshot({ path: `${project}wasm_build/solver-dark.png` });
  await page.click('#measure-solvers');
  await page.waitForSelector('#solver progress');
  await page.click('#measure-solvers');
  await page.waitForSelector('#solver progress', { state: 'detached' });
  assert.equal(await page.isVisible('#solver .fault'), false);
  assert.equal(await page.locator('#solver-finding').count(), 1, 'the verdict stays');
  assert.deepEqual(complaints, []);
});

test('a verdict on other weights says so: learned more since, or another model', async () => {
  const { page, complaints } = await follow(site);
  await page.click('#start');
  await settled(page, 'finished');
  await page.locator('#solver').scrollIntoViewIfNeeded();
  await page.waitForSelector('#solver-finding', { timeout: 20_000 });
  const hint = () => page.textContent('#solver-hint');
  assert.equal(await hint(), '');
  await choose(page, 'steps', '60');
  await page.click('#start');
  await settled(page, 'finished');
  assert.equal(
    await hint(),
    'What follows was measured after step 30; the network has learned more since.',
  );
  await choose(page, 'data', 'circles');
  await settled(page, 'ready');
  const other = 'What follows is of another model, measured after step 30 of learning moons.';
  assert.match((await hint()) ?? '', new RegExp(`^Train first.* ${other}$`));
  await page.click('#start');
  await settled(page, 'finished');
  assert.equal(await hint(), other);
  await page.click('#measure-solvers');
  await page.waitForFunction(() => document.querySelector('#solver-hint')?.textContent === '');
  assert.deepEqual(complaints, []);
});
