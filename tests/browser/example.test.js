/** @file The example for a page, as it stands in README.md, in Chromium. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { develop, project } from './visit.js';

/** @type {Awaited<ReturnType<typeof develop>>} */
let site;

before(async () => {
  site = await develop();
});

after(() => site?.close());

/** Pixels of the example's canvas that something was drawn on. */
function inked() {
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('canvas'));
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}

test('the README’s example for a page runs as it stands and draws its samples', async () => {
  const readme = await readFile(`${project}README.md`, 'utf8');
  const blocks = [...readme.matchAll(/^```html\n(.+?)^```/gms)];
  // The other one, of the element, is a recipe, and tests/hosts follows those.
  const examples = blocks.map(([, text]) => text).filter((text) => /from 'moonflow'/.test(text));
  assert.equal(examples.length, 1);
  const [example] = examples;
  // A bundler or a page of one's own says where the package is; the example itself stays as it is.
  const map = JSON.stringify({ imports: { moonflow: '/lib/index.js' } });
  const body = `<!doctype html><script type="importmap">${map}</script>${example}`;
  const page = await site.browser.newPage();
  /** @type {string[]} */
  const complaints = []; // The console has those of the development server, so errors alone count.
  page.on('pageerror', (error) => complaints.push(String(error)));
  const address = `${site.origin}/example.html`;
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(address);
  await page.waitForFunction(`(${inked})() > 1000`, undefined, { timeout: 60_000 });
  const first = await page.evaluate(inked);
  await page.waitForFunction(`(${inked})() > ${first}`, undefined, { timeout: 60_000 });
  assert.ok(first > 1000, `${first} pixels`);
  assert.deepEqual(complaints, []);
});
