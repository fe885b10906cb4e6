/** @file The page shows its first picture before the code of the panels below it has come, and says so when it does not come. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open, settled, stepOf, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});
after(() => site.close());

const PANELS = '**/panels-*.js';
const IDS = ['graphs', 'solver', 'guidance', 'compare', 'own', 'digits', 'keep'];

/** How much each panel holds. @param {import('playwright-core').Page} page */
const filled = (page) =>
  page.evaluate((ids) => ids.map((id) => document.getElementById(id)?.childElementCount), IDS);

/** @param {import('playwright-core').Page} page */
const pictured = (page) =>
  page.waitForFunction(() =>
    document.querySelector('#stage')?.getAttribute('aria-label')?.includes('points of data'),
  );

test('the first picture waits for no panel, and each comes when its code has', async () => {
  /** @type {(() => void) | undefined} */
  let release;
  const held = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const { page, context, complaints } = await visit({ ...site, origin: 'about:blank' });
  await page.route(PANELS, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.origin);
  await pictured(page);
  assert.deepEqual(
    await filled(page),
    IDS.map(() => 0),
  );
  await page.waitForSelector('#start:not([disabled])');
  release?.();
  await page.waitForFunction(
    (ids) => ids.every((id) => document.getElementById(id)?.childElementCount),
    IDS,
  );
  await page.waitForSelector('#tour-start:not([disabled])');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('while the first training moves the picture only the graphs come, until the reader stirs', async () => {
  const link = { ...site, origin: `${site.origin}/#steps=1000000` };
  const { page, context, complaints } = await visit(link, { reducedMotion: 'no-preference' });
  await settled(page, 'training');
  await page.waitForSelector('#graphs canvas');
  await page.waitForTimeout(500);
  const others = IDS.slice(1).map(() => 0);
  assert.deepEqual((await filled(page)).slice(1), others);
  await page.mouse.wheel(0, 300);
  await page.waitForFunction(
    (ids) => ids.every((id) => document.getElementById(id)?.childElementCount),
    IDS,
  );
  assert.deepEqual(complaints, []);
  await context.close();
});

test('panels that cannot be loaded are told where they would be, and the model trains on', async () => {
  const { page, context } = await visit({ ...site, origin: 'about:blank' });
  await page.route(PANELS, (route) => route.abort());
  await page.goto(site.origin);
  await page.waitForSelector('#absent:not([hidden])');
  assert.match(
    (await page.textContent('#absent')) ?? '',
    /^The rest of the page could not be loaded \(.+\): reload it when there is a network\.$/,
  );
  await page.click('#step');
  await settled(page, 'paused');
  assert.equal(await stepOf(page), 1);
  await context.close();
});
