/**
 * @file The element in a cell of a Jupyter Notebook: Debian's server with its RequireJS on the page, a Python kernel, and the
 * recipe of web/docs run in it.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch } from '../../browser/visit.js';
import { ended, note, table, trained, workersOf } from '../embedded.js';
import { jupyter, notebookOf } from '../jupyter.js';
import { recipe } from '../recipes.js';
import { opened } from '../serving.js';

/** @type {Awaited<ReturnType<typeof jupyter>>} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  server = await jupyter();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
  table();
});

/** What the notebook asks for by itself: a checkpoint now and then. */
const own = /\/api\//;

test('a cell that a reader runs shows it, runs it anew, shows it when the notebook is opened again, and clears it', async () => {
  const script = new URL('../../../wasm_build/npm/element.iife.js', import.meta.url);
  server.write('element.iife.js', readFileSync(script, 'utf8'));
  server.write('flow.ipynb', notebookOf(recipe('jupyter')('cell.py').trim()));
  const visit = await opened(browser, `${server.origin}/notebooks/flow.ipynb`);
  const { page, complaints } = visit;
  const connected = () =>
    page.waitForFunction(() => globalThis.Jupyter?.notebook?.kernel?.is_connected());
  await connected();
  // Debian's pages miss an extension of their own.
  complaints.length = 0;
  await page.locator('.code_cell .CodeMirror').click();
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('moon-flow');
  await trained(visit, { own });
  const wide = await page.evaluate(() => {
    const { width } = document.querySelector('moon-flow').getBoundingClientRect();
    return width / document.querySelector('.output_subarea').clientWidth;
  });
  assert.ok(wide > 0.9 && wide <= 1, `${wide} of the width of the output`);
  const [first] = workersOf(page);
  assert.ok(first);

  await page.evaluate(() => Object.assign(document.querySelector('moon-flow'), { earlier: true }));
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => document.querySelector('moon-flow')?.earlier === undefined);
  await page.waitForSelector('moon-flow');
  await trained(visit, { own });
  assert.equal(workersOf(page).length, 1);
  assert.notEqual(workersOf(page)[0], first);

  // A module that takes part in AMD without a name makes the next require fail.
  const required = await page.evaluate(() => {
    globalThis.define('own', [], () => 7);
    return new Promise((resolve, reject) => globalThis.require(['own'], resolve, reject));
  });
  assert.equal(required, 7);
  assert.equal(await page.evaluate(() => typeof globalThis.define.amd), 'object');

  await page.keyboard.press('Control+s');
  await page.waitForFunction(() => !globalThis.Jupyter.notebook.dirty);
  await page.reload();
  await connected();
  complaints.length = 0;
  await page.waitForSelector('moon-flow');
  await trained(visit, { own });

  await page.evaluate(() => globalThis.Jupyter.notebook.clear_all_output());
  await page.waitForFunction(() => !document.querySelector('moon-flow'));
  await ended(page);
  note('Jupyter Notebook, live cell', server.version, 'same', 'blob', '0', 'ended');
  await page.close();
});
