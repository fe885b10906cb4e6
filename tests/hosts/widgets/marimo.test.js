/**
 * @file The widget in a notebook that marimo has exported: marimo's own front end as npm has it, with a page of the form that
 * `marimo export html` writes. Its kernel is on PyPI alone, so no trait goes back.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../../browser/visit.js';
import { lives, outside, table } from '../embedded.js';
import { opened, serving } from '../serving.js';

const front = new URL('../../../wasm_build/marimo/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', front), 'utf8'));
const esm = readFileSync(new URL('../../../wasm_build/npm/anywidget.js', import.meta.url));
const SCRIPT = '<script data-marimo="true">';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serving>>} */
let site;

before(async () => {
  site = await serving(fileURLToPath(new URL('dist', front)));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.close();
  table();
});

/** As JSON in a script. @param {unknown} value */
const written = (value) => JSON.stringify(value).replaceAll('<', '\\u003c');

/** The page of a notebook whose one cell shows the widget. */
function exported() {
  const widget = `<marimo-ui-element object-id="flow-0" random-id="flow">
    <marimo-anywidget data-initial-value='{"model_id":"flow"}' data-label='null' data-model-id='"flow"'></marimo-anywidget>
  </marimo-ui-element>`;
  const head = { version: '1', metadata: { marimo_version: version } };
  const cell = { id: 'flow', code_hash: 'flow' };
  const outputs = [{ type: 'data', data: { 'text/html': widget } }];
  const config = {
    ...{
      filename: 'flow.py',
      mode: 'read',
      version,
      config: {},
      configOverrides: {},
      appConfig: {},
    },
    session: { ...head, cells: [{ ...cell, outputs, console: [] }] },
    notebook: { ...head, cells: [{ ...cell, code: 'flow', name: '_', config: {} }] },
  };
  const state = { data: 'moons', seed: 7, config: {}, sw2: 0, sw2_floor: 0, hash: '' };
  const esm_spec = { url: './@file/moonflow.js', hash: 'moonflow' };
  const message = { method: 'open', state, buffer_paths: [], buffers: [], esm_spec };
  const kept = {
    files: { '/@file/moonflow.js': `data:text/javascript;base64,${esm.toString('base64')}` },
    modelNotifications: [{ op: 'model-lifecycle', model_id: 'flow', message }],
  };
  const added = `<script>window.__MARIMO_EXPORT_CONTEXT__ = { trusted: true };
    window.__MARIMO_STATIC__ = ${written(kept)};</script>`;
  const html = readFileSync(new URL('dist/index.html', front), 'utf8');
  for (const part of [SCRIPT, "'{{ mount_config }}'"]) assert.ok(html.includes(part), part);
  return (
    html
      // Pictures of a lost connection, of which Chromium says that nothing used them.
      .replaceAll(/<link rel="preload"[^>]* as="image"[^>]*>/g, '')
      .replace(SCRIPT, () => added + SCRIPT)
      .replace("'{{ mount_config }}'", () => written(config))
  );
}

test('an exported notebook of marimo shows and trains it', async () => {
  site.pages.set('/flow.html', { body: exported() });
  const visit = await opened(browser, `${site.origin}/flow.html`, {}, outside);
  await visit.page.waitForSelector('moon-flow');
  // The front end goes on loading parts of its own.
  await lives('marimo, exported', `frontend ${version}`, visit, { own: /\/assets\// });
});
