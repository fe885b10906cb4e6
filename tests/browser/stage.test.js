/** @file The stage in headless Chromium: its layers, zoom and pan, the vector file. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { chip, label, pixels, quiet } from './spectator.js';
import { choose, open, settled, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * A page with a short run behind it.
 * @param {Record<string, string>} [settings]
 * @param {Parameters<typeof visit>[1]} [options]
 */
async function trained(settings = {}, options) {
  const visited = await visit(site, options);
  const { page } = visited;
  await settled(page, 'ready');
  await page.click('summary');
  for (const [name, value] of Object.entries({ steps: '60', solver_steps: '8', ...settings })) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  await page.click('#start');
  await settled(page, 'finished');
  await quiet(page);
  return visited;
}

/** What the picture says of each layer, in words. @type {[string, RegExp][]} */
const LAYERS = [
  ['crowd', /20,000 points of data under 20,000 points of samples/],
  ['trails', /trajectories of 160 points/],
  ['lattice', /a regular grid of noise, carried along/],
  ['strands', /256 pairs of a batch/],
  ['learned', /learned field: an arrow as long as its cell is a speed of \d/],
  ['exact', /exact field: an arrow as long as its cell is a speed of \d/],
  ['error', /differ by [\d.]+ in the mean of this window\. by [\d.]+ where the samples are/],
  ['density', /at t = 1, mass in this window \d\.\d{3}, of 1 in all/],
];

describe('a reader switches the layers of a trained run', () => {
  /** @type {Awaited<ReturnType<typeof visit>>} */
  let visited;
  /** @type {import('playwright-core').Page} */
  let page;

  before(async () => {
    visited = await trained();
    page = visited.page;
  });

  for (const [layer, words] of LAYERS) {
    test(`the chip "${layer}" shows its layer, says so, and takes it away again`, async () => {
      const bare = await pixels(page);
      await page.click(chip(layer));
      assert.equal(await page.getAttribute(chip(layer), 'aria-pressed'), 'true');
      await page.waitForFunction(
        ([source]) => new RegExp(source).test(document.querySelector('#stage')?.ariaLabel ?? ''),
        [words.source],
      );
      const shown = await quiet(page);
      assert.notEqual(shown, bare);
      await page.click(chip(layer));
      assert.equal(await page.getAttribute(chip(layer), 'aria-pressed'), 'false');
      assert.equal(await quiet(page), bare);
      assert.doesNotMatch(await label(page), words);
    });
  }

  test('data and samples can be taken away and brought back, with the keyboard too', async () => {
    for (const layer of ['data', 'samples']) {
      const full = await pixels(page);
      await page.focus(chip(layer));
      await page.keyboard.press('Enter');
      assert.notEqual(await quiet(page), full, layer);
      await page.keyboard.press(' ');
      assert.equal(await quiet(page), full, layer);
    }
  });

  test('of two maps that would cover each other the later is shown', async () => {
    await page.click(chip('error'));
    await page.click(chip('density'));
    assert.equal(await page.getAttribute(chip('error'), 'aria-pressed'), 'false');
    assert.equal(await page.getAttribute(chip('density'), 'aria-pressed'), 'true');
    await page.click(chip('density'));
  });

  test('the layers follow the flow time', async () => {
    await page.click(chip('lattice'));
    await page.click(chip('learned'));
    const late = await quiet(page);
    const words = await label(page);
    await page.press('#flow-time', 'Home');
    assert.notEqual(await quiet(page), late);
    assert.notEqual(await label(page), words, 'another time has other speeds');
    await page.click(chip('lattice'));
    await page.click(chip('learned'));
    await page.press('#flow-time', 'End');
    await quiet(page);
  });

  test('buttons and keys zoom, move and show the whole again; asked-for layers follow the window', async () => {
    const whole = await quiet(page);
    const fit = page.getByRole('button', { name: 'Fit' });
    assert.equal(await fit.isDisabled(), true);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const near = await quiet(page);
    assert.notEqual(near, whole);
    await fit.click();
    assert.equal(await quiet(page), whole);
    await page.focus('#lens');
    const seen = new Set([whole]);
    for (const key of ['+', 'ArrowLeft', 'ArrowUp', '-', '-']) {
      await page.keyboard.press(key);
      seen.add(await quiet(page));
    }
    assert.equal(seen.size, 6, 'each key shows something else');
    await page.keyboard.press('0');
    assert.equal(await quiet(page), whole);
    await page.click(chip('density'));
    await page.waitForFunction(() =>
      /mass in/.test(document.querySelector('#layers-note')?.textContent ?? ''),
    );
    const all = await page.textContent('#layers-note');
    await page.focus('#lens');
    for (let i = 0; i < 6; i++) await page.keyboard.press('+');
    await page.waitForFunction(
      (all) => document.querySelector('#layers-note')?.textContent !== all,
      all,
    );
    const mass = /window ([\d.]+)/.exec((await page.textContent('#layers-note')) ?? '');
    assert.ok(Number(mass?.[1]) < 0.6, 'a part of the plane has a part of the mass');
    await page.keyboard.press('0');
    await page.click(chip('density'));
    await quiet(page);
  });

  test('a drag moves the picture; a wheel scrolls the page, and zooms with Ctrl', async () => {
    const whole = await quiet(page);
    const box = await page.locator('#stage').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 230, { steps: 3 });
    await page.mouse.up();
    assert.notEqual(await quiet(page), whole);
    await page.focus('#lens');
    await page.keyboard.press('0');
    assert.equal(await quiet(page), whole);
    const top = () => page.evaluate(() => window.scrollY);
    const start = await top();
    await page.mouse.wheel(0, 60);
    await page.waitForFunction((start) => window.scrollY > start, start);
    assert.equal(await quiet(page), whole);
    const scrolled = await top();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    assert.notEqual(await quiet(page), whole);
    assert.equal(await top(), scrolled);
    await page.focus('#lens');
    await page.keyboard.press('0');
    await quiet(page);
  });

  test('the vector file is a sound SVG that holds every layer that is seen', async () => {
    for (const layer of ['trails', 'exact', 'density']) await page.click(chip(layer));
    await page.waitForFunction(() =>
      (document.querySelector('#stage')?.ariaLabel ?? '').includes('mass'),
    );
    await quiet(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('#save-drawing'),
    ]);
    assert.match(download.suggestedFilename(), /^moonflow-60\.svg$/);
    const text = await readFile(await download.path(), 'utf8');
    const { name, counts, title } = await page.evaluate((text) => {
      const drawing = new DOMParser().parseFromString(text, 'image/svg+xml');
      const count = (/** @type {string} */ of) => drawing.querySelectorAll(of).length;
      return {
        name: drawing.documentElement.nodeName,
        counts: {
          circle: count('circle'),
          rect: count('rect'),
          path: count('path'),
          text: count('text'),
        },
        title: drawing.querySelector('title')?.textContent ?? '',
      };
    }, text);
    assert.equal(name, 'svg', 'a parser’s error would be another element');
    // 2,000 of the data and about as many samples.
    assert.ok(counts.circle > 3500, `${counts.circle} circles`);
    assert.ok(counts.rect > 500 && counts.path > 8 && counts.text > 12, JSON.stringify(counts));
    assert.match(
      title,
      /step 60\. Scatter plot: .*mass in this window.*trajectories of 160 points/,
    );
    for (const layer of ['trails', 'exact', 'density']) await page.click(chip(layer));
  });

  test('nothing complained', () => assert.deepEqual(visited.complaints, []));
});

test('layers that a run cannot have are off and say why', async () => {
  const { page, complaints } = await trained({ coupling: 'ot' });
  for (const layer of ['exact', 'error']) {
    assert.equal(await page.getAttribute(chip(layer), 'aria-disabled'), 'true');
    assert.equal(await page.getAttribute(chip(layer), 'aria-describedby'), 'layers-off');
  }
  assert.match(
    (await page.textContent('#layers-off')) ?? '',
    /Exact field, Difference: .*coupling is ot/,
  );
  const before = await quiet(page);
  await page.click(chip('exact'), { force: true });
  assert.equal(await page.getAttribute(chip('exact'), 'aria-pressed'), 'false');
  assert.equal(await quiet(page), before);
  assert.equal(await page.getAttribute(chip('learned'), 'aria-disabled'), 'false');
  assert.deepEqual(complaints, []);
});

test('points of three coordinates have no maps, and of one no trajectories either', async () => {
  const { page } = await visit(site);
  await settled(page, 'ready');
  for (const [dim, off] of [
    [3, ['lattice', 'learned', 'exact', 'error', 'density']],
    [1, ['trails', 'lattice', 'strands', 'learned', 'exact', 'error', 'density']],
  ]) {
    const rows = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: Number(dim) }, (_, k) => Math.sin(i + k)).join(),
    );
    const buffer = Buffer.from(rows.join('\n'));
    await page.setInputFiles('#load-points', { name: 'p.csv', mimeType: 'text/csv', buffer });
    await page.waitForSelector('#own-learn:enabled');
    await page.click('#own-learn');
    await settled(page, 'ready');
    await page.waitForFunction(
      (dim) => document.querySelector('#layers-off')?.textContent?.includes(`have ${dim}`),
      dim,
    );
    const found = await page.$$eval('.chip[aria-disabled="true"]', (chips) =>
      chips.map((each) => /** @type {HTMLElement} */ (each).dataset.layer),
    );
    assert.deepEqual(found, off);
  }
});

test('the map of log-density is of the time that is shown', async () => {
  const { page } = await trained({}, { before: watchDensity });
  await page.click(chip('density'));
  const peaks = [];
  for (const [place, t] of Object.entries({ 0: '0', 80: '0.4', 200: '1' })) {
    await page.fill('#flow-time', place);
    await page.waitForFunction(
      (t) => document.querySelector('#layers-note')?.textContent.startsWith(`at t = ${t}, mass in`),
      t,
    );
    await quiet(page);
    peaks.push(await page.evaluate(() => globalThis.peak));
  }
  const [noise, , learned] = peaks;
  assert.ok(Math.abs(noise + Math.log(2 * Math.PI)) < 0.05, `${peaks}: noise is N(0, I)`);
  assert.ok(Math.abs(learned - noise) > 0.05, `${peaks}`);
});

/** Runs in the page: keeps the highest log-density of the latest map. */
function watchDensity() {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        const { logp } = data.value ?? {};
        if (logp) Object.assign(globalThis, { peak: Math.max(...logp) });
      });
    }
  };
}

test('a crowd that is smaller than its chip says is told in numbers', async () => {
  const { page } = await trained({ hidden: '128', layers: '3', batch: '16', steps: '10' });
  await page.click(chip('crowd'));
  await page.waitForFunction(() =>
    /^[\d,]+ samples: more of this/.test(document.querySelector('#layers-note')?.textContent ?? ''),
  );
  const [, told] = /^([\d,]+) samples/.exec((await page.textContent('#layers-note')) ?? '') ?? [];
  assert.ok((await label(page)).includes(`under ${told} points of samples`), told);
});

test('samples of a model with classes are coloured by class, and data that stand alone', async () => {
  const { page } = await trained({ classes: '2' });
  await page.waitForFunction(() =>
    /points of data under .* points of samples, by class/.test(
      document.querySelector('#stage')?.ariaLabel ?? '',
    ),
  );
  const alone = (/** @type {string} */ kind) =>
    page.waitForSelector(
      `#stage[aria-label^="Scatter plot: 2,000 points of ${kind}, by class: upper moon, lower moon"]`,
    );
  await page.click(chip('data'));
  await alone('samples');
  await coloured(page);
  await page.click(chip('data'));
  await page.click(chip('samples'));
  await alone('data');
  await coloured(page);
});

/**
 * Both colours of two classes are seen.
 * @param {import('playwright-core').Page} page
 */
async function coloured(page) {
  await quiet(page);
  const hues = await page.$eval('#stage', (element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let [blue, amber] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 2] - data[i] > 60) blue++;
      if (data[i] - data[i + 2] > 60) amber++;
    }
    return { blue, amber };
  });
  assert.ok(hues.blue > 1000 && hues.amber > 1000, JSON.stringify(hues));
}

test('on a narrow screen nothing is wider than it, and two fingers zoom', async () => {
  const viewport = { width: 320, height: 640 };
  const { page } = await trained({}, { viewport, hasTouch: true, isMobile: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide}`);
  const whole = await quiet(page);
  await page.$eval('#stage', (canvas) => {
    const { left, top } = canvas.getBoundingClientRect();
    const finger = (
      /** @type {string} */ type,
      /** @type {number} */ pointerId,
      /** @type {number} */ x,
    ) =>
      canvas.dispatchEvent(
        new PointerEvent(type, {
          ...{ pointerId, pointerType: 'touch', isPrimary: pointerId === 91, bubbles: true },
          ...{ clientX: left + x, clientY: top + 120 },
        }),
      );
    // Capture is only for pointers that a browser knows.
    canvas.setPointerCapture = () => {};
    finger('pointerdown', 91, 100);
    finger('pointermove', 91, 110);
    finger('pointerdown', 92, 160);
    finger('pointermove', 92, 220);
    finger('pointerup', 91, 110);
    finger('pointerup', 92, 220);
  });
  assert.notEqual(await quiet(page), whole);
});
