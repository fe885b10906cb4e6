/** @file What the page gives to keep: samples, the flow as a GIF, settings; each is what it says it is. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { read as readCsv } from '../../web/lib/csv.js';
import { read as readNpy } from '../../web/lib/npy.js';
import { open, project, settled, TASK_MS, trace, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;
/** @type {Awaited<ReturnType<typeof visit>>} */
let visited;
/** @type {import('playwright-core').Page} */
let page;

before(async () => {
  site = await open();
  const fragment = 'hidden=8&layers=1&batch=32&steps=60&solver_steps=4';
  visited = await visit({ ...site, origin: `${site.origin}/#${fragment}` });
  page = visited.page;
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
});

after(() => site?.close());

/** @param {string} button */
async function downloaded(button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test('any number of samples, as CSV and as NPY, the same ones', async () => {
  await page.fill('#keep-count', '3001');
  const csv = await downloaded('#save-csv');
  const npy = await downloaded('#save-npy');
  assert.equal(csv.name, 'moonflow-60-samples.csv');
  assert.equal(npy.name, 'moonflow-60-samples.npy');
  const [table, array] = [readCsv(csv.bytes.toString()), readNpy(npy.bytes)];
  assert.deepEqual([table.n, table.dim, array.shape], [3001, 2, [3001, 2]]);
  assert.deepEqual(table.data, array.data);
});

test('a number of samples out of range is refused at its place', async () => {
  for (const count of ['0', '1.5', '1000001', '']) {
    await page.fill('#keep-count', count);
    await page.click('#save-csv');
    await page.waitForSelector('#keep-samples-fault:not([hidden])');
    const said = (await page.textContent('#keep-samples-fault')) ?? '';
    assert.match(said, /^How many: got .+; allowed is a whole number from 1 to 1,000,000\.$/);
  }
});

test('a million rows of text can be stopped', async () => {
  await page.fill('#keep-count', '1000000');
  await page.click('#save-csv');
  await page.waitForFunction(() => document.querySelector('.keep progress')?.value > 0.5);
  await page.click('.keep .stop');
  await page.waitForSelector('.keep progress', { state: 'detached' });
  assert.equal(await page.isHidden('#keep-samples-fault'), true);
});

test('the flow is a GIF that moves from noise to data, made without holding the page', async (t) => {
  const traced = await trace(page);
  const { name, bytes } = await downloaded('#save-gif');
  const longest = await traced();
  t.diagnostic(`${bytes.length} bytes, longest task ${longest.processor} ms`);
  assert.equal(name, 'moonflow-60.gif');
  assert.ok(longest.processor < TASK_MS, JSON.stringify(longest));
  assert.equal(bytes.subarray(0, 6).toString('latin1'), 'GIF89a');
  assert.ok(bytes.length < 3e6, `${bytes.length} bytes`);
  // The browser's own decoder reads it back.
  const seen = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new globalThis.ImageDecoder({ data, type: 'image/gif' });
    await decoder.tracks.ready;
    await decoder.completed;
    const { frameCount } = decoder.tracks.selectedTrack;
    let duration = 0;
    const sums = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      duration += image.duration / 1000;
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      const ctx = canvas.getContext('2d');
      ctx.drawImage(image, 0, 0);
      const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
      // Orange: much red and little blue.
      sums.push(data.reduce((sum, red, i) => sum + (i % 4 === 0 && red - data[i + 2] > 60), 0));
      image.close();
    }
    const track = decoder.tracks.selectedTrack;
    return { frameCount, duration, sums, repeats: track.repetitionCount };
  }, bytes.toString('base64'));
  assert.equal(seen.frameCount, 41);
  assert.equal(seen.duration, 40 * 50 + 1500);
  assert.equal(seen.repeats, Number.POSITIVE_INFINITY);
  assert.ok(
    seen.sums.every((sum) => sum > 500),
    `${seen.sums}`,
  );
  assert.notEqual(seen.sums[0], seen.sums[40]);
});

test('settings come back from their file; what cannot be is refused and changes nothing', async () => {
  const { name, bytes } = await downloaded('#save-settings');
  assert.equal(name, 'moonflow-settings.json');
  const settings = JSON.parse(bytes.toString());
  assert.deepEqual([settings.hidden, settings.solver_steps, settings.data], [8, 4, 'moons']);
  const hash = await page.textContent('#hash');
  /** @param {string} name @param {string} content */
  const give = (name, content) =>
    page.setInputFiles('#load-settings', {
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(content),
    });
  const cases = /** @type {[string, string, RegExp][]} */ ([
    ['torn.json', '{"lr":', /: the file is not JSON; allowed is an object of names and values/],
    ['bare.json', '{\n  lr: 1\n}', /not JSON, from line 2, column 3 on; allowed is an object/],
    ['twice.json', '{"lr":1,"lr":2}', /the key "lr" is there twice; allowed is each once/],
    ['list.json', '[1]', /config: got \[1\]; allowed is an object/],
    ['high.json', '{"lr":1e999}', /lr: got Infinity; allowed is a number from 1e-7 to 10/],
    ['proto.json', '{"__proto__":1}', /parameter: got "__proto__"; allowed is one of seed/],
    ['points.json', '{"data":"points"}', /No points are loaded/],
    ['paired.json', '{"coupling":"paired"}', /reflow sets it/],
    [
      'large.json',
      `{"lr":1${' '.repeat(70_000)}}`,
      /the file has 69 KiB; settings have at most 64/,
    ],
  ]);
  for (const [name, content, said] of cases) {
    await give(name, content);
    await page.waitForFunction(
      (part) => document.querySelector('#keep-settings-fault')?.textContent?.startsWith(part),
      `${name}: `,
      { timeout: 10_000 },
    );
    assert.match((await page.textContent('#keep-settings-fault')) ?? '', said);
  }
  assert.equal(await page.textContent('#hash'), hash);
  assert.equal(await page.inputValue('#p-lr'), '0.02');
  await give('mine.json', JSON.stringify({ ...settings, seed: 5, data: 'circles' }));
  await page.waitForFunction(() => document.querySelector('#p-seed').value === '5');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-data'), 'circles');
  await give(name, bytes.toString());
  await page.waitForFunction(() => document.querySelector('#p-seed').value === '0');
  await settled(page, 'ready');
  await page.click('#start');
  await settled(page, 'finished');
  assert.equal(await page.textContent('#hash'), hash);
  await page.locator('.files').screenshot({ path: `${project}wasm_build/files.png` });
});

test('nothing complained', () => assert.deepEqual(visited.complaints, []));
