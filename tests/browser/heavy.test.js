/** @file The page with the largest models of the table: it answers although the worker is deep in a step of seconds. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, open, settled, stepOf, visit } from './visit.js';

/** A reset gives a deaf worker up after one second; the rest is starting another on a busy machine. */
const ANSWER_MS = 4000;

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * A page with these settings, all of them chosen before the worker has drawn what the one before asked for.
 * @param {Record<string, string>} settings
 */
async function heavy(settings) {
  const visited = await visit(site);
  await settled(visited.page, 'ready');
  await visited.page.click('summary');
  for (const [name, value] of Object.entries(settings)) await choose(visited.page, name, value);
  return visited;
}

/**
 * Milliseconds until the page says what `pattern` asks for.
 * @param {import('playwright-core').Page} page
 * @param {RegExp} pattern
 */
async function saying(page, pattern) {
  const began = performance.now();
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('#status')?.textContent ?? ''),
    pattern.source,
    { timeout: 60_000 },
  );
  return performance.now() - began;
}

test('pause is answered at once and reset in seconds, with the largest network and batch', async (t) => {
  const { page, complaints } = await heavy({ hidden: '512', layers: '8', batch: '8192' });
  await page.waitForFunction(() => document.querySelector('#hash')?.textContent !== '–');
  await page.click('#start');
  await saying(page, /^Learning/);
  await page.waitForTimeout(300);
  await page.click('#start');
  const paused = await saying(page, /^Stopping: the step at hand ends first|^Paused/);
  await page.click('#reset');
  const reset = await saying(page, /^Untrained/);
  t.diagnostic(`pause ${Math.round(paused)} ms, reset ${Math.round(reset)} ms`);
  assert.ok(paused < 2000, `pause took ${paused} ms`);
  assert.ok(reset < ANSWER_MS, `reset took ${reset} ms`);
  assert.equal(await stepOf(page), 0);
  assert.equal(await page.isVisible('#notice'), false);
  // Back to what the rest of the page is used with: the new worker is as good as the old one.
  await page.selectOption('#preset', 'seed');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-hidden'), '128');
  assert.deepEqual(complaints, []);
});

test('many resets in a row make one model, not each of them', async (t) => {
  const { page } = await heavy({ hidden: '512', layers: '8' });
  const began = performance.now();
  for (let i = 0; i < 8; i++) await page.click('#reset');
  await settled(page, 'ready');
  const spent = performance.now() - began;
  t.diagnostic(`${Math.round(spent)} ms`);
  assert.ok(spent < 20_000, `${spent} ms`);
});

test('a sample that costs too much is not drawn, and the page says so and goes on', async () => {
  const settings = { hidden: '256', layers: '8', solver: 'rk4', solver_steps: '10000' };
  const { page, complaints } = await heavy(settings);
  await page.waitForFunction(() =>
    /40,000 evaluations of this network, too many/.test(
      document.querySelector('#stage-caption')?.textContent ?? '',
    ),
  );
  await settled(page, 'ready');
  await page.click('#step');
  await settled(page, 'paused');
  await page.click('#reflow');
  await page.waitForSelector('#notice:not([hidden])');
  assert.match((await page.textContent('#notice-text')) ?? '', /one costs too much here/);
  await choose(page, 'solver_steps', '2');
  await settled(page, 'paused');
  assert.match((await page.getAttribute('#stage', 'aria-label')) ?? '', /points of samples/);
  assert.deepEqual(complaints, []);
});

test('a live value that the model at hand cannot take is refused at its place, and the run goes on', async () => {
  const { page, complaints } = await heavy({ hidden: '8', layers: '1', batch: '8192' });
  await choose(page, 'solver_steps', '2');
  await choose(page, 'steps', '1000000');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'training');
  // The batch waits for a reset, so the dials alone would allow this coupling.
  await choose(page, 'batch', '256');
  await choose(page, 'coupling', 'ot');
  const fault = (await page.textContent('#p-coupling-fault')) ?? '';
  assert.match(fault, /^batch: got 8192; allowed is at most 2048 when coupling is 'ot'; so it is/);
  const step = await stepOf(page);
  await page.waitForFunction((step) => {
    const [, now] = /step ([\d,]+)/.exec(document.querySelector('#progress-text').textContent);
    return Number(now.replaceAll(',', '')) > step;
  }, step);
  assert.match((await page.textContent('#status')) ?? '', /^Learning/);
  assert.equal(await page.textContent('#start'), 'Pause');
  assert.equal(await page.isVisible('#notice'), false);
  await page.click('#start');
  await settled(page, 'paused');
  await page.click('#reset');
  await settled(page, 'ready');
  await choose(page, 'coupling', 'ot');
  assert.equal(await page.isVisible('#p-coupling-fault'), false);
  assert.deepEqual(complaints, []);
});
