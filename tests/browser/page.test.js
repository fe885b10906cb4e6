/** @file The built page in headless Chromium: what a reader does with it, and what must not happen meanwhile. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { choose, open, project, settled, stepOf, TASK_MS, trace, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * A page whose model is small enough to train in an instant.
 * @param {Parameters<typeof visit>[1]} [options]
 */
async function small(options) {
  const visited = await visit(site, options);
  const { page } = visited;
  await settled(page, 'ready');
  await page.click('summary');
  for (const [name, value] of [
    ['hidden', '8'],
    ['layers', '1'],
    ['batch', '32'],
    ['solver_steps', '2'],
  ]) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  return visited;
}

/**
 * Waits until so many samples are drawn.
 * @param {import('playwright-core').Page} page
 * @param {number} n
 */
async function drawn(page, n) {
  const words = `${n.toLocaleString('en')} points of samples`;
  await page.waitForFunction(
    (words) => document.querySelector('#stage')?.getAttribute('aria-label')?.includes(words),
    words,
  );
}

/** @param {import('playwright-core').Page} page */
const sw2 = async (page) => Number(await page.textContent('#sw2'));

describe('a reader opens the page, which starts by itself with the default preset', () => {
  /** @type {Awaited<ReturnType<typeof visit>>} */
  let visited;
  /** @type {import('playwright-core').Page} */
  let page;
  let loaded = 0;
  /** @type {import('../bench/tracing.js').Task} */
  let longest;

  before(async () => {
    visited = await visit(site, { reducedMotion: 'no-preference' });
    page = visited.page;
    await settled(page, 'training');
    loaded = visited.requests.length;
    const traced = await trace(page);
    await settled(page, 'finished');
    await drawn(page, 2000);
    longest = await traced();
  });

  test('the samples come closer to the moons than 0.05', async (t) => {
    const [distance, floor] = [await sw2(page), Number(await page.textContent('#sw2-floor'))];
    t.diagnostic(`SW2 ${distance}, floor ${floor}, ${await page.textContent('#status')}`);
    assert.equal(await page.getAttribute('#sw2', 'data-n'), '20000');
    assert.ok(distance > 0 && distance < 0.05, `SW2 ${distance}`);
    assert.ok(floor > 0 && floor < 0.05, `floor ${floor}`);
    assert.equal(await stepOf(page), 1200);
    assert.equal(visited.page.workers().length, 2);
    assert.equal(await page.textContent('#nfe'), '50 network evaluations a sample (NFE)');
  });

  test('the page’s own thread was never taken for long while the worker trained', (t) => {
    t.diagnostic(`longest task ${longest.processor} ms`);
    assert.ok(longest.processor < TASK_MS, JSON.stringify(longest));
  });

  test('nothing was requested after loading, and nothing from elsewhere at all', () => {
    assert.ok(loaded >= 3, `${loaded} requests`);
    assert.equal(visited.requests.length, loaded);
    for (const url of visited.requests) assert.match(url, /^(data:|http:\/\/127\.0\.0\.1:)/);
  });

  test('picture and chart say in words what they show', async () => {
    // The flow plays after the first training, and comes to rest where the samples are.
    await page.waitForSelector('#play[aria-label="Play the flow"]');
    await drawn(page, 2000);
    const stage = await page.getAttribute('#stage', 'aria-label');
    assert.match(stage ?? '', /2,000 points of data under 2,000 points of samples/);
    assert.match((await page.textContent('#chart-text')) ?? '', /Loss over 1,200 steps: from \d/);
    await page.screenshot({ path: `${project}wasm_build/page.png`, fullPage: true });
  });

  test('a reflow shows one step before and after, and straighter paths', async (t) => {
    await choose(page, 'steps', '400');
    await page.click('#reflow');
    await settled(page, 'reflowing');
    await settled(page, 'finished');
    const rows = await page.$$eval('#reflow-table tbody tr', (lines) =>
      lines.map((line) => [...line.children].map((cell) => cell.textContent)),
    );
    t.diagnostic(rows.map((row) => row.join('  ')).join(' | '));
    assert.equal(rows.length, 2);
    const [was, is] = rows.map((row) => row.slice(1).map(Number));
    assert.ok(
      [...was, ...is].every((number) => number > 0),
      String(rows),
    );
    assert.ok(is[1] < was[1], `straightness ${was[1]} became ${is[1]}`);
    assert.ok(is[2] < was[2], `one-step SW2 ${was[2]} became ${is[2]}`);
    const story = (await page.textContent('#reflow-finding')) ?? '';
    t.diagnostic(story);
    assert.ok(story.includes(`from ${was[1].toFixed(3)} to ${is[1].toFixed(3)}`), story);
    assert.ok(story.includes(`by ${is[2].toFixed(3)} instead of ${was[2].toFixed(3)}`), story);
    // The snapshots begin anew with the round, and say which it is.
    assert.match((await page.textContent('#training-at')) ?? '', /^round 1 · step 400 · loss/);
    assert.ok(Number(await page.getAttribute('#training-time', 'max')) >= 1);
    await page.locator('#straightening').screenshot({ path: `${project}wasm_build/story.png` });
    const pictures = await page.$$eval('#reflow-result canvas', (canvases) =>
      canvases.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL().length),
    );
    assert.ok(pictures.length === 6 && pictures.every((length) => length > 5000), `${pictures}`);
    await page.screenshot({ path: `${project}wasm_build/page-reflow.png`, fullPage: true });
  });

  test('nothing complained', () => assert.deepEqual(visited.complaints, []));
});

test('pause holds a run, continue takes it up where it stopped, and reset begins anew', async () => {
  const { page, complaints } = await small();
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await settled(page, 'training');
  await page.waitForFunction(() => document.querySelector('#loss')?.textContent !== '–');
  assert.match((await page.textContent('#progress-text')) ?? '', /steps\/s · .+ left/);
  await page.click('#start');
  await settled(page, 'paused');
  const held = await stepOf(page);
  assert.ok(held > 0 && held < 1e6, `${held}`);
  await page.waitForTimeout(200);
  assert.equal(await stepOf(page), held);
  await page.click('#step');
  await settled(page, 'paused');
  assert.equal(await stepOf(page), held + 1);
  await page.click('#start');
  await page.waitForFunction((held) => {
    const [, step] = /step ([\d,]+)/.exec(document.querySelector('#progress-text').textContent);
    return Number(step.replaceAll(',', '')) > held + 1;
  }, held);
  await page.click('#reset');
  await settled(page, 'ready');
  assert.equal(await stepOf(page), 0);
  assert.deepEqual(complaints, []);
});

test('a reflow can be stopped, and the page goes on', async () => {
  const { page, complaints } = await small();
  await choose(page, 'steps', '20');
  await page.click('#start');
  await settled(page, 'finished');
  await choose(page, 'steps', '1000000');
  await page.click('#reflow');
  await settled(page, 'reflowing');
  assert.equal(await page.isDisabled('#start'), true);
  await page.waitForFunction(() => document.querySelector('#reflow-text')?.textContent !== '');
  await page.click('#reflow');
  await settled(page, 'paused');
  assert.equal(await page.isVisible('#notice'), false);
  await page.click('#reset');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-coupling'), 'independent');
  assert.equal(await page.isVisible('#reflow-result'), false);
  assert.deepEqual(complaints, []);
});

test('the same seed gives the same weights after a reset, and another seed gives others', async () => {
  const { page } = await small();
  await choose(page, 'steps', '50');
  const hashes = [];
  for (const seed of ['0', '0', '7']) {
    await choose(page, 'seed', seed);
    await page.click('#reset');
    await settled(page, 'ready');
    await page.click('#start');
    await settled(page, 'finished');
    hashes.push(await page.textContent('#hash'));
  }
  assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/);
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

test('keys run the model outside fields and only there', async () => {
  const { page } = await small();
  await choose(page, 'steps', '1000000');
  await page.locator('body').press('s');
  await settled(page, 'paused');
  assert.equal(await stepOf(page), 1);
  await page.locator('#p-seed').press('s');
  await page.locator('#p-seed').press(' ');
  await page.locator('#p-data').press('r');
  await page.waitForTimeout(100);
  assert.equal(await stepOf(page), 1);
  await page.locator('#p-data').blur();
  await page.locator('body').press(' ');
  await settled(page, 'training');
  await page.locator('body').press(' ');
  await settled(page, 'paused');
  assert.ok((await stepOf(page)) > 1);
  await page.locator('body').press('r');
  await settled(page, 'ready');
  assert.equal(await stepOf(page), 0);
  await page.locator('#start').focus();
  const outline = await page.$eval('#start', (element) => getComputedStyle(element).outlineStyle);
  assert.equal(outline, 'solid');
});

test('a live row changes a run at once, another one waits for a reset and says so', async () => {
  const { page } = await small();
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await settled(page, 'training');
  await choose(page, 'lr', '0.001');
  await choose(page, 'hidden', '12');
  await settled(page, 'training');
  assert.equal(await page.isVisible('#p-lr-note'), false);
  assert.equal(await page.isVisible('#p-hidden-note'), true);
  assert.match((await page.textContent('#p-hidden-note')) ?? '', /next reset/);
  await page.click('#start');
  await settled(page, 'paused');
  await page.click('#reset');
  await settled(page, 'ready');
  assert.equal(await page.isVisible('#p-hidden-note'), false);
  assert.equal(await page.inputValue('#p-hidden'), '12');
});

test('a value outside its range is refused at its control and changes nothing', async () => {
  const { page } = await small();
  await page.click('#step');
  await settled(page, 'paused');
  const hash = await page.textContent('#hash');
  for (const [name, value] of [
    ['lr', '50'],
    ['hidden', '0'],
    ['features', '7'],
    ['batch', ''],
  ]) {
    await choose(page, name, value);
    const fault = (await page.textContent(`#p-${name}-fault`)) ?? '';
    assert.match(fault, new RegExp(`${name}.*allowed`), fault);
    assert.equal(await page.getAttribute(`#p-${name}`, 'aria-invalid'), 'true');
    assert.equal(value === '' && !/the field is empty/.test(fault), false, fault);
  }
  assert.equal(await page.textContent('#hash'), hash);
  assert.equal(await stepOf(page), 1);
  await choose(page, 'lr', '0.01');
  assert.equal(await page.isVisible('#p-lr-fault'), false);
});

test('a choice that is refused goes back, and says why', async () => {
  const { page } = await small();
  await choose(page, 'data', 'points');
  await page.waitForFunction(() => document.querySelector('#p-data').value === 'moons');
  assert.match((await page.textContent('#p-data-fault')) ?? '', /^No points are loaded/);
});

test('a run that stays finite and yet fails is explained, with smaller rates at hand', async () => {
  const { page } = await small();
  await choose(page, 'lr', '10');
  await choose(page, 'steps', '300');
  await page.click('#start');
  await settled(page, 'finished');
  const words = (await page.textContent('#notice-text')) ?? '';
  assert.match(words, /^The loss (grew to|ends at) /);
  await page.click('#notice-action');
  await settled(page, 'finished');
  assert.equal(await page.inputValue('#p-lr'), '1');
});

test('every row of the engine’s table has a control with a label and a description', async () => {
  const { page } = await visit(site);
  await settled(page, 'ready');
  const { parameters } = await import('../../web/lib/parameters.js');
  const { compileSync } = await import('../../web/lib/loader.js');
  const table = parameters(compileSync());
  assert.ok(table.length > 25, `${table.length} rows`);
  for (const { name, help, min, max, kind } of table) {
    const input = page.locator(`#p-${name}`);
    const label = await page.textContent(`label[for="p-${name}"]`);
    assert.equal(label, name.replaceAll('_', ' '));
    // The page calls other rows by their labels.
    const told = (await page.textContent(`#p-${name}-help`)) ?? '';
    assert.doesNotMatch(told, /[`_]/);
    assert.equal(told.replace(/[“”]/g, ''), help.replaceAll('_', ' ').replaceAll('`', ''));
    if (['choice', 'switch'].includes(kind)) continue;
    assert.equal(Number(await input.getAttribute('min')), min, name);
    assert.equal(Number(await input.getAttribute('max')), max, name);
  }
});

test('on a phone nothing is wider than the screen, also with every setting open', async () => {
  const { page } = await visit(site, { viewport: { width: 360, height: 740 }, hasTouch: true });
  await settled(page, 'ready');
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok((await wide()) <= 360, `${await wide()} px`);
  await page.screenshot({ path: `${project}wasm_build/page-phone.png`, fullPage: true });
  await page.click('summary');
  assert.ok((await wide()) <= 360, `${await wide()} px with more open`);
});

test('a dark scheme makes page and picture dark', async () => {
  const { page } = await visit(site, { colorScheme: 'dark', reducedMotion: 'reduce' });
  await settled(page, 'ready');
  await choose(page, 'steps', '200');
  await choose(page, 'solver_steps', '8');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
  const [paper, corner] = await page.evaluate(() => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#stage'));
    const { data } = canvas.getContext('2d').getImageData(0, 0, 1, 1);
    return [
      getComputedStyle(document.body).backgroundColor,
      `rgb(${[...data].slice(0, 3).join(', ')})`,
    ];
  });
  assert.equal(paper, 'rgb(16, 20, 29)');
  assert.equal(corner, paper);
  await page.screenshot({ path: `${project}wasm_build/page-dark.png`, fullPage: true });
});

test('a run that is made shorter than it is already says so', async () => {
  const { page, complaints } = await small();
  await choose(page, 'steps', '60');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
  await choose(page, 'steps', '20');
  await settled(page, 'finished');
  assert.equal(
    await page.textContent('#progress-text'),
    'step 60; 20 are set now, and hold from the next reset',
  );
  assert.match(
    (await page.textContent('#status')) ?? '',
    /^Ended beyond the 20 steps that are set now: 60 steps/,
  );
  assert.deepEqual(complaints, []);
});
