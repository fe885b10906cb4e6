/** @file The reader's own data: drawn, pasted, dropped, chosen, as an image; what is refused leaves the model as it was. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { caption, drop, fault } from './donor.js';
import { follow, open, project, SMALL, settled, trained } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * A PNG that `draw` has painted, as bytes.
 * @param {import('playwright-core').Page} page
 * @param {(ctx: CanvasRenderingContext2D) => void} draw  runs in the page
 */
async function png(page, draw) {
  const url = await page.evaluate(`(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 90;
    canvas.height = 60;
    (${draw})(canvas.getContext('2d'));
    return canvas.toDataURL('image/png');
  })()`);
  return Buffer.from(String(url).split(',')[1], 'base64');
}

test('a drawing is counted, undone by strokes, learned, and whole in the link', async () => {
  const { page, complaints } = await follow(site);
  await page.locator('#surface').scrollIntoViewIfNeeded();
  assert.equal(await page.isDisabled('#own-learn'), true);
  const box = /** @type {{x: number, y: number, width: number}} */ (
    await page.locator('#surface').boundingBox()
  );
  /** @param {[number, number][]} way  in shares of the surface */
  const stroke = async (way) => {
    const [first, ...rest] = way.map(([x, y]) => [box.x + x * box.width, box.y + y * box.width]);
    await page.mouse.move(first[0], first[1]);
    await page.mouse.down();
    for (const [x, y] of rest) await page.mouse.move(x, y, { steps: 6 });
    await page.mouse.up();
  };
  await stroke([
    [0.2, 0.3],
    [0.5, 0.7],
    [0.8, 0.3],
  ]);
  const first = Number(/^(\d+) points, drawn/.exec(await caption(page, 'drawn by hand'))?.[1]);
  assert.ok(first > 80 && first < 150, `${first} points`);
  await stroke([
    [0.2, 0.8],
    [0.8, 0.8],
  ]);
  await page.waitForFunction(
    (n) => parseInt(document.querySelector('#own-text').textContent, 10) > n,
    first,
  );
  await page.locator('#own').screenshot({ path: `${project}wasm_build/own-drawn.png` });
  await page.click('#own-undo');
  assert.match(await caption(page, `${first} points`), /They fit into the link/);
  await page.click('#own-learn');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-data'), 'points');
  const hash = await trained(page);
  await page.waitForTimeout(400);
  const link = await page.evaluate(() => location.hash.slice(1));
  assert.match(link, /data=points&.*points=AQIA/);
  const other = await follow(site, link);
  assert.equal(await other.page.isVisible('#link-notice'), false);
  assert.equal(await trained(other.page), hash);
  assert.deepEqual([...complaints, ...other.complaints], []);
});

test('a pasted table with a class in its last column is learned with its classes', async () => {
  const { page, complaints } = await follow(site);
  const rows = Array.from(
    { length: 90 },
    (_, i) => `${100 * Math.cos(i)}\t${Math.sin(i)}\t${i % 3}`,
  );
  await page.fill('#own-paste', `x\ty\tclass\n${rows.join('\n')}`);
  await page.click('#own-read');
  await caption(page, '90 points of 3 coordinates');
  await page.check('#own-labelled');
  assert.match(
    await caption(page, '90 points of 2 coordinates'),
    /3 classes: class 0, class 1, class 2\. They fit/,
  );
  await page.click('#own-learn');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-classes'), '3');
  await trained(page);
  await page.selectOption('#p-data', 'moons');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-classes'), '0');
  await page.selectOption('#p-data', 'points');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-classes'), '3');
  assert.deepEqual(complaints, []);
});

test('the classes of a table keep their names and colours, in the preview, on the stage and in words', async () => {
  const { page, complaints } = await follow(site);
  const names = ['virginica', 'setosa'];
  const rows = Array.from({ length: 80 }, (_, i) => `${Math.cos(i)},${i % 2},${names[i % 2]}`);
  await page.check('#own-labelled');
  await page.fill('#own-paste', `x,y,kind\n${rows.join('\n')}`);
  await page.click('#own-read');
  await caption(page, '80 points of 2 coordinates. 2 classes: setosa, virginica.');
  assert.deepEqual(await page.locator('#own .key li').allTextContents(), ['setosa', 'virginica']);
  /** Colours of the preview that are neither paper nor a mixture with it. */
  const [paper, ...inks] = await page.evaluate(() => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#surface'));
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    const counts = new Map();
    for (let i = 0; i < pixels.length; i += 4) {
      const colour = `${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    return sorted.slice(0, 3).map(([colour]) => colour.split(',').map(Number));
  });
  assert.deepEqual(paper, [255, 255, 255]);
  const blueish = ([red, , blue]) => blue > red;
  assert.equal(inks.filter(blueish).length, 1, `${inks}`);
  await page.locator('#own').screenshot({ path: `${project}wasm_build/own-classes.png` });
  await page.click('#own-learn');
  await settled(page, 'ready');
  await trained(page);
  await page.waitForSelector('#stage[aria-label*="by class: setosa, virginica"]');
  assert.deepEqual(complaints, []);
});

test('the flow starts from the reader’s own points, to any data of as many coordinates, as the library does', async () => {
  const { page, complaints } = await follow(site);
  const rows = Array.from({ length: 64 }, (_, i) => [Math.cos(i), Math.sin(2 * i)]);
  await page.click('#controls summary');
  await page.selectOption('#p-source', 'points');
  assert.match(
    (await page.textContent('#p-source-fault')) ?? '',
    /No points to start at are loaded: choose them in Your data/,
  );
  await page.fill('#own-paste', rows.map((row) => row.join()).join('\n'));
  await page.click('#own-read');
  await caption(page, '64 points of 2 coordinates');
  await page.selectOption('#own-scaling', 'none');
  await caption(page, 'not in the link');
  await page.click('#own-depart');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-source'), 'points');
  const model = await Model.create({ ...SMALL, source: 'points' });
  model.setSource(Float32Array.from(rows.flat()));
  model.train(SMALL.steps);
  assert.equal(await trained(page), await model.digest());
  model.dispose();
  await page.fill('#own-paste', rows.map((row) => `1,${row.join()}`).join('\n'));
  await page.click('#own-read');
  await caption(page, '64 points of 3 coordinates');
  await page.click('#own-depart');
  assert.match(
    await fault(page, 'source: got "points of 3'),
    /source: got "points of 3 coordinates"; allowed is points of 2, as the data have/,
  );
  await page.click('#own-learn');
  assert.match(
    await fault(page, 'source: got "points of 2'),
    /source: got "points of 2 coordinates"; allowed is points of 3/,
  );
  assert.deepEqual(complaints, []);
});

test('a table dropped anywhere is shown, and too many points for the link are said to be', async () => {
  const { page, complaints } = await follow(site);
  const rows = Array.from({ length: 2000 }, (_, i) => `${Math.cos(i)},${Math.sin(2 * i)}`);
  await drop(page, 'curve.csv', rows.join('\n'));
  const words = await caption(page, 'curve.csv: 2,000 points of 2 coordinates');
  assert.match(words, /not in the link, which holds up to 766 scaled points/);
  await page.click('#own-learn');
  await settled(page, 'ready');
  await page.$eval('#p-classes', (input) => {
    /** @type {HTMLInputElement} */ (input).closest('details').open = true;
  });
  await page.fill('#p-classes', '2');
  await page.locator('#p-classes').blur();
  assert.match(
    (await page.textContent('#p-classes-fault')) ?? '',
    /classes: got 2; allowed is 0: the points have no labels/,
  );
  await trained(page);
  assert.match((await page.textContent('#link-text')) ?? '', /Your points are not in it/);
  assert.deepEqual(complaints, []);
});

test('an image is points where its ink is; one without ink is refused', async () => {
  const { page, complaints } = await follow(site);
  const written = await png(page, (ctx) => {
    ctx.fillStyle = '#f4efe0';
    ctx.fillRect(0, 0, 90, 60);
    ctx.fillStyle = '#222';
    ctx.fillRect(20, 10, 50, 8);
  });
  await page.setInputFiles('#load-points', {
    name: 'bar.png',
    mimeType: 'image/png',
    buffer: written,
  });
  await caption(page, 'bar.png: 2,000 points of its ink');
  await page.fill('#own-inked', '500');
  await page.locator('#own-inked').blur();
  await caption(page, 'bar.png: 500 points of its ink. They fit into the link.');
  await page.locator('#own').screenshot({ path: `${project}wasm_build/own-image.png` });
  await page.click('#own-learn');
  await settled(page, 'ready');
  const hash = await trained(page);
  const blank = await png(page, (ctx) => {
    ctx.fillStyle = '#f4efe0';
    ctx.fillRect(0, 0, 90, 60);
  });
  await page.setInputFiles('#load-points', {
    name: 'blank.png',
    mimeType: 'image/png',
    buffer: blank,
  });
  assert.match(
    await fault(page, 'blank.png: '),
    /0% between paper and ink.*allowed is at least 15%/,
  );
  assert.equal(await page.textContent('#hash'), hash);
  assert.match((await page.textContent('#own-text')) ?? '', /bar\.png/);
  assert.deepEqual(complaints, []);
});

test('what cannot be read is refused at its place with what is allowed, and the model stays', async () => {
  const { page } = await follow(site);
  const hash = await trained(page);
  const wide = Array.from({ length: 65 }, (_, i) => i).join(',');
  const cases = /** @type {[string, string, RegExp][]} */ ([
    ['words.csv', '1,2\n3,four\n', /line 2, column 2: got "four"; allowed is a finite number/],
    ['nan.csv', '1,2\n3,NaN\n', /line 2, column 2: got "NaN"/],
    ['ragged.csv', '1,2\n3\n', /line 2: got 1 columns; allowed are 2/],
    ['empty.csv', '', /allowed is at least one line/],
    ['wide.csv', `${wide}\n`, /65 columns; at most 64 are allowed/],
    ['long.csv', '1\n'.repeat(2 ** 20 + 1), /1,048,577 rows; at most 1,048,576 are allowed/],
    ['cut.npy', '\x93NUMPY', /allowed is the magic/],
    ['odd.bin', '\xff\xfe\x00', /of another kind; allowed is a table in UTF-8 \(CSV\), an NPY/],
    ['torn.png', '\x89PNG\r\n', /the image is damaged/],
    ['run.safetensors', 'x', /these are weights; they are loaded under Files/],
    ['huge.csv', '1'.repeat(2 ** 26 + 1), /at most 64 MiB are read/],
  ]);
  for (const [name, content, said] of cases) {
    const buffer = Buffer.from(content, 'latin1');
    if (buffer.length < 2 ** 25) {
      await page.setInputFiles('#load-points', { name, mimeType: 'text/csv', buffer });
    } else {
      await page.evaluate((name) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(2 ** 26 + 1)], name));
        const input = /** @type {HTMLInputElement} */ (document.querySelector('#load-points'));
        input.files = transfer.files;
        input.dispatchEvent(new Event('change'));
      }, name);
    }
    assert.match(await fault(page, `${name}: `), said);
    assert.equal(await page.locator('.field:has(#load-points) #load-points-fault').count(), 1);
    assert.equal(await page.textContent('#hash'), hash);
    assert.equal(await page.inputValue('#p-data'), 'moons');
  }
  await page.check('#own-labelled');
  await page.fill('#own-paste', '1,2,0\n3,4,2.5\n');
  await page.click('#own-read');
  assert.match(await fault(page, 'pasted table: '), /label of point 1: got 2.5; .* an integer/);
  assert.equal(await page.locator('.field:has(#own-paste) #load-points-fault').count(), 1);
  await page.selectOption('#p-data', 'points');
  assert.match(
    (await page.textContent('#p-data-fault')) ?? '',
    /No points are loaded: go to Your data/,
  );
  await page.selectOption('#p-path', 'custom');
  assert.match((await page.textContent('#p-path-fault')) ?? '', /No path of your own is loaded/);
});

test('a path of one’s own is loaded, trained along and in the link; a wrong one is refused', async () => {
  const { page, complaints } = await follow(site);
  await page.click('#own summary');
  const rows = Array.from({ length: 33 }, (_, i) => `${(i / 32) ** 2},${1 - i / 32}`);
  /** @param {string} name @param {string[]} lines */
  const give = (name, lines) =>
    page.setInputFiles('#load-path', {
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from(lines.join('\n')),
    });
  await give('turned.csv', rows.toReversed());
  await page.waitForSelector('#load-path-fault:not([hidden])');
  assert.match(
    (await page.textContent('#load-path-fault')) ?? '',
    /^turned\.csv: path, sample 0: .*if these samples run from data to noise, reverse them/,
  );
  assert.equal(await page.inputValue('#p-path'), 'linear');
  await give('square.csv', rows);
  await page.waitForFunction(() => document.querySelector('#p-path').value === 'custom');
  await settled(page, 'ready');
  const hash = await trained(page);
  await page.waitForTimeout(400);
  const other = await follow(site, await page.evaluate(() => location.hash.slice(1)));
  assert.equal(await trained(other.page), hash);
  assert.deepEqual([...complaints, ...other.complaints], []);
});

test('a drawing, or another file, takes the place of one that is still being read', async () => {
  const late = () => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...parts) {
      const slow = parts[0]?.file?.name?.startsWith('slow');
      setTimeout(() => postMessage.apply(this, parts), slow ? 1500 : 0);
    };
  };
  const { page, complaints } = await follow(site, undefined, { before: late });
  await page.locator('#surface').scrollIntoViewIfNeeded();
  const slow = { name: 'slow.csv', mimeType: 'text/csv', buffer: Buffer.from('1,2\n3,4\n5,7') };
  await page.setInputFiles('#load-points', slow);
  await caption(page, 'Reading.');
  const box = /** @type {{x: number, y: number}} */ (await page.locator('#surface').boundingBox());
  await page.mouse.move(box.x + 60, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 160, { steps: 4 });
  await page.mouse.up();
  const drawn = await caption(page, 'drawn by hand');
  assert.equal(await page.isEnabled('#own-learn'), true);
  await page.waitForTimeout(1800);
  assert.equal(await page.textContent('#own-text'), drawn);

  await page.setInputFiles('#load-points', slow);
  await caption(page, 'Reading.');
  // What is refused before it is read is no less the file that the reader means.
  await drop(page, 'model.safetensors', 'x');
  await fault(page, 'model.safetensors: ');
  await page.waitForTimeout(1800);
  assert.equal(await page.textContent('#own-text'), drawn);
  assert.deepEqual(complaints, []);
});

test('one point, or points at one place, are refused where they were pasted', async () => {
  const { page, complaints } = await follow(site);
  for (const [text, got] of [
    ['1,2', '1 point'],
    ['1,2\n1,2', '2 points at one place'],
  ]) {
    await page.fill('#own-paste', text);
    await page.click('#own-read');
    const said = await fault(page, `pasted table: points: got ${got};`);
    assert.match(said, /allowed are at least two that differ$/);
    assert.equal(await page.isDisabled('#own-learn'), true);
  }
  assert.deepEqual(complaints, []);
});
