/** @file What the page says when a run, a worker or the browser itself lets the reader down. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, open, settled, stepOf, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

test('a run that diverges says in which step and why, and starts again with a smaller lr', async () => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  await page.click('summary');
  for (const [name, value] of [
    ['optimiser', 'adamw'],
    ['batch', '16'],
    ['layers', '8'],
    ['clip', '0'],
    ['schedule', 'constant'],
    ['lr', '10'],
    ['steps', '60'],
    ['solver_steps', '2'],
  ]) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  await page.click('#start');
  await page.waitForSelector('#notice:not([hidden])');
  const said = (await page.textContent('#notice-text')) ?? '';
  const [, failed, kept] =
    /in step (\d+) the (?:loss|gradient) .* after step (\d+)/.exec(said) ?? [];
  assert.equal(Number(failed), Number(kept) + 1, said);
  await settled(page, 'paused', 'ready');
  assert.equal(await stepOf(page), Number(kept));
  assert.equal(await page.textContent('#notice-action'), 'Start again with lr 1');
  await page.click('#notice-action');
  await settled(page, 'training', 'finished', 'paused', 'ready');
  assert.equal(await page.inputValue('#p-lr'), '1');
  assert.deepEqual(complaints, []);
});

/** Runs in the page: keeps its workers, so that a test can kill one. */
function keepWorkers() {
  const workers = [];
  const { Worker } = globalThis;
  Object.assign(globalThis, {
    workers,
    Worker: class extends Worker {
      constructor(...args) {
        super(...args);
        workers.push(this);
      }
    },
  });
}

test('a worker that dies is said to have died, and another takes the run up at its checkpoint', async () => {
  const { page } = await visit(site, { before: keepWorkers });
  await settled(page, 'ready');
  await choose(page, 'hidden', '8');
  await settled(page, 'ready');
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await page.waitForFunction(() => document.querySelector('#loss')?.textContent !== '–');
  await page.click('#start');
  await settled(page, 'paused');
  const [step, hash] = [await stepOf(page), await page.textContent('#hash')];
  const losses = await page.textContent('#chart-text');
  assert.ok(step > 0);
  await page.evaluate(() => {
    const [worker] = globalThis.workers;
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await page.waitForSelector('#notice:not([hidden])');
  const said = (await page.textContent('#notice-text')) ?? '';
  assert.match(said, /^The worker that computes has ended \(out of memory\)\. A new .*checkpoint/);
  await settled(page, 'paused');
  assert.equal(await stepOf(page), step);
  assert.equal(await page.textContent('#hash'), hash);
  // It lost no step, so it lost none of its losses either.
  const words = (await page.textContent('#chart-text')) ?? '';
  assert.equal(words.split('. ')[0], losses?.split('. ')[0]);
  // The one that died, the one that looks, and the one that took over.
  assert.equal(await page.evaluate(() => globalThis.workers.length), 3);
  await page.click('#start');
  await page.waitForFunction((step) => {
    const [, now] = /step ([\d,]+)/.exec(document.querySelector('#progress-text').textContent);
    return Number(now.replaceAll(',', '')) > step;
  }, step);
});

test('a click on Weights whose worker dies leaves no fault unheard', async () => {
  const { page, complaints } = await visit(site, { before: keepWorkers });
  await settled(page, 'ready');
  await page.evaluate(() => {
    document.querySelector('#save-weights').click();
    const [worker] = globalThis.workers;
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await page.waitForSelector('#notice:not([hidden])');
  await settled(page, 'ready', 'paused');
  assert.deepEqual(complaints, []);
});

/** @type {[string, () => void, RegExp][]} */
const LACKS = [
  ['WebAssembly', () => Reflect.deleteProperty(globalThis, 'WebAssembly'), /needs WebAssembly,/],
  [
    'WebAssembly SIMD',
    () => {
      WebAssembly.validate = () => false;
    },
    /needs WebAssembly SIMD,/,
  ],
  ['Workers', () => Reflect.deleteProperty(globalThis, 'Worker'), /needs Web Workers,/],
];

for (const [name, remove, sentence] of LACKS) {
  test(`a browser without ${name} is told so in a sentence`, async () => {
    const { page, complaints } = await visit(site, { before: remove });
    await page.waitForSelector('#notice:not([hidden])');
    assert.match((await page.textContent('#notice-text')) ?? '', sentence);
    assert.equal(await page.isDisabled('#start'), true);
    assert.deepEqual(complaints, []);
  });
}
