/**
 * @file The element as an anywidget, by the recipe of web/docs: the widget manager that JupyterLab, VS Code, Colab and published
 * pages share, and anywidget's front end, both as npm has them; the Python kernel and nbconvert of Debian. Only the Python half of
 * anywidget is not the real one: see anywidget.py. Apart from the other hosts, because it brings 140 packages along: `make hosts`.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Model } from '../../../web/lib/model.js';
import { launch } from '../../browser/visit.js';
import { ended, lives, note, outside, succeeded, table, trained, workersOf } from '../embedded.js';
import { jupyter, notebookOf } from '../jupyter.js';
import { recipe } from '../recipes.js';
import { opened, serving } from '../serving.js';

const packaged = new URL('../../../wasm_build/npm/anywidget.js', import.meta.url);
const esm = readFileSync(packaged, 'utf8');
/** @param {string} name of a file of a package here */
const file = (name) => fileURLToPath(new URL(`./node_modules/${name}`, import.meta.url));
const MANAGER = '@jupyter-widgets/html-manager';
const [manager, anywidget] = [MANAGER, 'anywidget'].map(
  (name) => JSON.parse(readFileSync(file(`${name}/package.json`), 'utf8')).version,
);
const VIEW = 'application/vnd.jupyter.widget-view+json';
const PARTS = `html-manager ${manager}, anywidget ${anywidget}`;

/** What the manager says: of its schema, and of a package that is looked for beside the page before it comes from the CDN. */
const OWN = /allowUnionTypes|404/;

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

/** Answers as the CDN does from which the manager and its pages take packages. @param {import('playwright-core').Page} page */
async function cdn(page) {
  await outside(page);
  for (const name of [`${MANAGER}/dist/embed-amd.js`, 'anywidget/dist/index.js']) {
    const path = name.replace('/dist', '@[^/]+/dist');
    await page.route(new RegExp(`^https://[^/]+/(npm/)?${path}$`), (route) =>
      route.fulfill({ path: file(name), headers: { 'Access-Control-Allow-Origin': '*' } }),
    );
  }
}

/**
 * Runs in the page of a notebook: gives its comms to the manager, and its outputs to the views, as the extension
 * of ipywidgets does, which is on PyPI alone.
 * @param {string} view the type of such outputs
 */
async function extend(view) {
  const { require, Jupyter } = globalThis;
  const loaded = (/** @type {string} */ name) =>
    new Promise((resolve, reject) => require([name], resolve, reject));
  const { HTMLManager } = await loaded('@jupyter-widgets/html-manager');
  const { OutputArea } = await loaded('notebook/js/outputarea');
  const widgets = new HTMLManager({ loader: (/** @type {string} */ name) => loaded(name) });
  Jupyter.notebook.kernel.comm_manager.register_target(
    'jupyter.widget',
    (/** @type {any} */ comm, /** @type {any} */ message) =>
      widgets.handle_comm_open(comm, message),
  );
  OutputArea.prototype.register_mime_type(
    view,
    function (/** @type {{model_id: string}} */ { model_id }, _, /** @type {any} */ element) {
      const area = this.create_output_subarea({}, 'output_widget_view', view);
      element.append(area);
      widgets
        .get_model(model_id)
        .then((model) => widgets.create_view(model))
        .then((shown) => widgets.display_view(shown, area[0]));
      return area;
    },
    { safe: true, index: 0 },
  );
}

/** The hash of a run in Node. @param {number} seed */
async function hashOf(seed) {
  const model = await Model.create({ data: 'moons', seed });
  model.train(Number(model.config.steps));
  const hash = model.digest();
  model.dispose();
  return hash;
}

test('a kernel sets traits and reads the outcome; a closed widget ends the worker', async () => {
  server.write('moonflow.js', esm);
  server.write('anywidget.py', readFileSync(new URL('./anywidget.py', import.meta.url), 'utf8'));
  server.write('front.js', readFileSync(file('anywidget/dist/index.js'), 'utf8'));
  server.write(
    'widget.ipynb',
    notebookOf(`${recipe('jupyter')('widget.py')}\nflow = MoonFlow()\nflow`),
  );
  const visit = await opened(browser, `${server.origin}/notebooks/widget.ipynb`);
  const { page, complaints } = visit;
  await page.waitForFunction(() => globalThis.Jupyter?.notebook?.kernel?.is_connected());
  // The server's own folder belongs to Debian.
  await page.route(/\/static\/@jupyter-widgets\//, (route) =>
    route.fulfill({ path: file(`${MANAGER}/dist/${route.request().url().split('/').at(-1)}`) }),
  );
  await page.evaluate(() => globalThis.require.config({ paths: { anywidget: '/files/front' } }));
  await page.addScriptTag({ url: '/static/@jupyter-widgets/libembed-amd.js' });
  await page.evaluate(extend, VIEW);
  // Debian's pages miss an extension of their own.
  complaints.length = 0;
  /** What the kernel prints. @param {string} code */
  const run = (code) =>
    page.evaluate(
      (code) =>
        new Promise((resolve) => {
          let said = '';
          const output = (/** @type {any} */ { content }) => {
            said += content.text ?? content.evalue ?? '';
          };
          const reply = () => setTimeout(() => resolve(said), 50);
          const { kernel } = globalThis.Jupyter.notebook;
          kernel.execute(code, { iopub: { output }, shell: { reply } }, { silent: false });
        }),
      code,
    );
  /** Waits for the kernel to know the outcome of a seed. @param {number} seed */
  const told = async (seed) => {
    const hash = await hashOf(seed);
    const print =
      'import json; print(json.dumps([flow.seed, flow.hash, flow.sw2, flow.sw2_floor]))';
    let said = '';
    for (let tries = 0; !said.includes(hash) && tries < 200; tries++) {
      await page.waitForTimeout(100);
      said = await run(print);
    }
    const [kept, got, distance, floor] = JSON.parse(said);
    assert.deepEqual([kept, got], [seed, hash]);
    assert.ok(distance > 0 && distance < 2 * floor, said);
  };
  await page.locator('.code_cell .CodeMirror').click();
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('moon-flow');
  await trained(visit, { own: /\/api\/|\/static\// });
  await told(7);
  await run('flow.seed = 8');
  await told(8);
  assert.equal(workersOf(page).length, 1);
  await run('flow.close()');
  await page.waitForFunction(() => !document.querySelector('moon-flow'));
  await ended(page);
  assert.deepEqual(complaints, []);
  note('anywidget, kernel', PARTS, 'same', 'blob', '0', 'ended');
  await page.close();
});

test('a notebook with a widget as nbconvert publishes it: the manager and anywidget come by RequireJS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-widget-'));
  const site = await serving(folder);
  try {
    // This nbconvert writes < in the text of a module as an entity, so the widget has its address.
    const state = {
      _esm: `${site.origin}/moonflow.js`,
      _anywidget_id: 'MoonFlow',
      layout: 'IPY_MODEL_layout',
    };
    const model = {
      model_name: 'AnyModel',
      model_module: 'anywidget',
      model_module_version: '~0.11.*',
    };
    const layout = {
      model_name: 'LayoutModel',
      model_module: '@jupyter-widgets/base',
      model_module_version: '2.0.0',
    };
    const views = {
      _view_name: 'AnyView',
      _view_module: 'anywidget',
      _view_module_version: '~0.11.*',
    };
    const traits = { data: 'moons', seed: 7, config: {}, sw2: 0, sw2_floor: 0, hash: '' };
    const saved = {
      ...{ version_major: 2, version_minor: 0 },
      state: {
        flow: { ...model, state: { ...state, ...views, ...traits } },
        layout: { ...layout, state: {} },
      },
    };
    const notebook = JSON.parse(notebookOf('flow'));
    notebook.metadata.widgets = { 'application/vnd.jupyter.widget-state+json': saved };
    notebook.cells[0].outputs = [
      {
        ...{ output_type: 'display_data', metadata: {} },
        data: {
          [VIEW]: { version_major: 2, version_minor: 0, model_id: 'flow' },
          'text/plain': 'MoonFlow',
        },
      },
    ];
    writeFileSync(join(folder, 'flow.ipynb'), JSON.stringify(notebook));
    writeFileSync(join(folder, 'moonflow.js'), esm);
    const words = ['-m', 'nbconvert', '--to', 'html', 'flow.ipynb'];
    for (const name of ['require_js', 'mathjax'])
      words.push(`--HTMLExporter.${name}_url=https://cdn.example/${name.replace('_js', '')}.js`);
    await succeeded(spawn('/usr/bin/python3', words, { cwd: folder }));
    const visit = await opened(browser, `${site.origin}/flow.html`, {}, cdn);
    await visit.page.waitForSelector('moon-flow');
    const complaints = visit.complaints.filter((complaint) => !OWN.test(complaint));
    await lives('anywidget, nbconvert', PARTS, { ...visit, complaints });
  } finally {
    site.close();
    rmSync(folder, { recursive: true });
  }
});
