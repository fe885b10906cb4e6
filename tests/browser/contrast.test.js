/** @file In the few colours that a system forces: what is on, chosen, current or done is seen to be. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open, project, settled, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * The colours of a picture and how often each is there, most frequent first.
 * @param {import('playwright-core').Page} easel  an empty page
 * @param {Buffer} png
 */
const inks = (easel, png) =>
  easel.evaluate(
    async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
      ctx.drawImage(image, 0, 0);
      const { data } = ctx.getImageData(0, 0, image.width, image.height);
      /** @type {Map<string, number>} */
      const counts = new Map();
      for (let i = 0; i < data.length; i += 4) {
        const colour = data.slice(i, i + 3).join();
        counts.set(colour, (counts.get(colour) ?? 0) + 4 / data.length);
      }
      return [...counts].sort((a, b) => b[1] - a[1]);
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );

test('chips, the progress bar, the current tab and section are told apart', async () => {
  const { page, context, complaints } = await visit(site, {
    viewport: { width: 1280, height: 900 },
    forcedColors: 'active',
  });
  const easel = await context.newPage();
  await page.bringToFront();
  await settled(page, 'ready');
  await page.fill('#p-steps', '200');
  await page.locator('#p-steps').blur();
  /** @param {string} selector */
  const look = async (selector) =>
    inks(easel, await page.locator(selector).first().screenshot({ animations: 'disabled' }));
  /** The colour that most of it has. @param {string} selector */
  const ground = async (selector) => (await look(selector))[0][0];

  const pressed = '.chip[aria-pressed="true"]:not(:hover)';
  const off = '.chip[aria-pressed="false"]:not([aria-disabled="true"])';
  assert.notEqual(await ground(pressed), await ground(off), 'a layer that is on');
  const tab = '[role="tab"]';
  await page.locator(tab).first().scrollIntoViewIfNeeded();
  assert.notEqual(
    await ground(`${tab}[aria-selected="true"]`),
    await ground(`${tab}[aria-selected="false"]`),
    'the tab that is shown',
  );

  const empty = await look('#progress');
  await page.evaluate(() => scrollTo(0, 0));
  await page.click('#start');
  await settled(page, 'finished');
  const full = await look('#progress');
  assert.notEqual(full[0][0], empty[0][0], 'the bar is filled');
  const height = (await page.locator('#progress').boundingBox())?.height;
  assert.equal(height, 10, 'the bar is thick');
  assert.ok(empty.length > 1, 'the empty bar has an edge');

  await page.waitForSelector('.bearings a[aria-current]');
  const line = (/** @type {string} */ selector) =>
    page
      .locator(selector)
      .first()
      .evaluate((link) => getComputedStyle(link).borderBottomColor);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(await line('.bearings a[aria-current]'), paper, 'the section at hand');
  assert.equal(await line('.bearings a:not([aria-current])'), paper, 'another section');
  await page.screenshot({ path: `${project}wasm_build/forced.png` });
  const play = await look('#scrubbers button.round');
  assert.ok(play[1][1] > 0.03, 'the triangle that plays');
  assert.deepEqual(complaints, []);
});
