/**
 * @file The element in pages of every other kind: from a file, from another origin, in frames, under a strict policy, beside
 * RequireJS and itself, as a cell of Observable and as a widget, whose host is made here by its contract
 * and is the real one in widgets/. Where web/docs has a recipe, the page is that recipe.
 */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as vite from 'vite';
import { launch } from '../browser/visit.js';
import { install } from '../js/installed.js';
import { BUNDLERS } from './bundling.js';
import { ended, leaves, lives, note, outside, table, trained, workersOf } from './embedded.js';
import { recipe } from './recipes.js';
import { opened, serving } from './serving.js';

const PACKAGE = 'node_modules/moonflow/';
const CDN = 'https://cdn.jsdelivr.net/npm/moonflow/element.js';
const ICON = '<!doctype html><link rel="icon" href="data:,">';
const TAG = '<moon-flow data="moons" seed="7"></moon-flow>';
const SCRIPT = `<script src="/${PACKAGE}element.iife.js"></script>`;
const MODULES = fileURLToPath(new URL('./node_modules/', import.meta.url));

/** @type {ReturnType<typeof install>} */
let user;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serving>>} */
let site;

before(async () => {
  user = install();
  site = await serving(user.folder);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.close();
  user?.remove();
  table();
});

/**
 * Opens a page of the site.
 * @param {string} html
 * @param {{headers?: Record<string, string>, prepare?: (page: import('playwright-core').Page) => Promise<void>}} [more]
 */
async function visited(html, { headers, prepare } = {}) {
  const body = html.includes('<link rel="icon"') ? html : html.replace('<!doctype html>', ICON);
  site.pages.set('/page.html', { body, headers });
  return opened(browser, `${site.origin}/page.html`, {}, prepare);
}

/** How a worker was tried for before there was one. @param {import('playwright-core').Page} page */
const refusedBy = (page) => page.evaluate(() => document.querySelector('moon-flow').refused);

/** @param {string} html of a recipe, whose files lie beside it */
const beside = (html) =>
  html
    .replace('<!doctype html>', ICON)
    .replaceAll(/"(element\.iife\.js|moonflow\.html)/g, `"./${PACKAGE}$1`);

test('plain HTML, from a server and from file://, with one script', async () => {
  const html = beside(recipe('html')('index.html'));
  await lives('plain HTML', 'element.iife.js', await visited(html));
  const file = user.write('index.html', html);
  const visit = await opened(browser, pathToFileURL(file).href);
  await lives('plain HTML, file://', 'element.iife.js', visit);
  const elsewhere = visit.requests.filter(
    (address) => !/^(data:|blob:|file:.*(index\.html|element\.iife\.js)$)/.test(address),
  );
  assert.deepEqual(elsewhere, []);
});

test('the standalone page, from file://, asks for nothing', async () => {
  const file = pathToFileURL(join(user.folder, PACKAGE, 'moonflow.html')).href;
  const visit = await opened(browser, `${file}#data=moons&seed=7`);
  await lives('standalone file, file://', 'moonflow.html', visit);
  const elsewhere = visit.requests.filter((address) => !/^(data:|blob:)/.test(address));
  assert.deepEqual(elsewhere, [file]);
});

test('a module from another origin, as a CDN serves it', async () => {
  const cdn = await serving(join(user.folder, PACKAGE), { 'Access-Control-Allow-Origin': '*' });
  try {
    const html = recipe('html')('cdn.html');
    assert.ok(html.includes(CDN));
    const visit = await visited(html.replace(CDN, `${cdn.origin}/element.js`));
    await lives('cross-origin CDN', 'element.js', visit);
  } finally {
    cdn.close();
  }
});

test('bundled by esbuild, webpack, rollup and vite, and served by vite, which keep an import for its effect alone', async () => {
  mkdirSync(join(user.folder, 'bundled'));
  const html = `${ICON}${TAG}<script type="module" src="./main.js"></script>`;
  user.write('bundled/main.js', "import 'moonflow/element';\n");
  user.write('bundled/index.html', html);
  for (const name of ['esbuild', 'webpack', 'rollup', 'vite']) {
    const built = `built-${name}`;
    await BUNDLERS[name](join(user.folder, 'bundled'), join(user.folder, built));
    // vite writes a page of its own.
    if (name !== 'vite') site.pages.set(`/${built}/index.html`, { body: html });
    const visit = await opened(browser, `${site.origin}/${built}/index.html`);
    await lives(`bundled by ${name}`, 'element.js', visit);
  }
  const server = await vite.createServer({
    root: join(user.folder, 'bundled'),
    cacheDir: join(user.folder, 'cache'),
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, fs: { allow: [user.folder] } },
  });
  try {
    await server.listen();
    const visit = await opened(browser, `${server.resolvedUrls?.local[0]}`);
    await lives('served by vite dev', 'element.js', visit);
  } finally {
    await server.close();
  }
});

test('a strict policy is met without one report; without blob: the named worker is taken', async () => {
  const STRICT = /^Content-Security-Policy: (.*)$/m.exec(
    readFileSync(new URL('../../web/docs/html.md', import.meta.url), 'utf8'),
  )?.[1];
  assert.ok(STRICT);
  // Not part of the recipe: the icon that browsers ask for by themselves.
  const headers = { 'Content-Security-Policy': `${STRICT}; img-src data:` };
  const module = `<script type="module" src="/${PACKAGE}element.js"></script>`;
  for (const [by, script] of [
    ['element.iife.js', SCRIPT],
    ['element.js', module],
  ]) {
    const visit = await visited(`${ICON}${script}${TAG}`, { headers });
    await lives('strict CSP', by, visit);
  }
  const shut = {
    'Content-Security-Policy': headers['Content-Security-Policy'].replace(' blob:', ''),
  };
  const named = TAG.replace('>', ` worker-url="/${PACKAGE}worker.js">`);
  const { page, complaints, requests } = await visited(`${ICON}${SCRIPT}${named}`, {
    headers: shut,
  });
  await trained({ page, complaints, requests }, { transport: 'url', own: /worker\.js$/ });
  assert.equal(requests.filter((address) => address.endsWith('/worker.js')).length, 1);
  assert.deepEqual(await refusedBy(page), []);
  await leaves(page);
  note('strict CSP, no blob:', 'element.iife.js', 'same', 'url', '1, the worker', 'ended');
  await page.close();
});

test('a worker-url that leads nowhere is told, and another way is taken', async () => {
  const named = TAG.replace('>', ' worker-url="/nowhere/worker.js">');
  const { page } = await visited(`${ICON}${SCRIPT}${named}`);
  await trained({ page, complaints: [], requests: [] }, { transport: 'blob' });
  const [{ transport, reason }, ...others] = await refusedBy(page);
  assert.deepEqual([transport, others], ['url', []]);
  assert.match(reason, /workerUrl must lead to the file moonflow\/worker/);
  await page.close();
});

test('where no worker may be, the page’s own thread trains, and the element says so', async () => {
  const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
  const { page } = await visited(`${ICON}${SCRIPT}${TAG}`, {
    headers: { 'Content-Security-Policy': policy },
  });
  await trained({ page, complaints: [], requests: [] }, { transport: 'main' });
  note('CSP, no worker', 'element.iife.js', 'same', 'main', '0', 'no worker');
  await page.close();
});

test('in a sandboxed frame, whose height the page follows by the recipe', async () => {
  const html = beside(recipe('html')('framed.html')).replace('https://docs.example', site.origin);
  const visit = await visited(html);
  const frame = visit.page.frames().find((each) => each.url().includes('moonflow.html'));
  assert.ok(frame);
  assert.equal(await frame.evaluate(() => origin), 'null');
  await visit.page.waitForFunction(() => document.querySelector('iframe').height !== '480');
  const [outer, inner] = [
    await visit.page.evaluate(() => Number(document.querySelector('iframe').height)),
    await frame.evaluate(() => document.documentElement.getBoundingClientRect().height),
  ];
  assert.equal(outer, Math.ceil(inner));
  await lives('sandboxed iframe', 'moonflow.html', visit, { frame });
});

test('two on a page, and the script twice, as a script and as a module', async () => {
  const module = `<script type="module" src="/${PACKAGE}element.js"></script>`;
  const visit = await visited(`${ICON}${SCRIPT}${TAG}${SCRIPT}${module}${TAG.replace('7', '8')}`);
  const { page } = visit;
  await trained(visit);
  await page.evaluate(() => document.querySelectorAll('moon-flow')[1].scrollIntoView());
  await page.waitForFunction(() => document.querySelectorAll('moon-flow')[1].state === 'finished');
  const hashes = await page.evaluate(() =>
    Promise.all([...document.querySelectorAll('moon-flow')].map((each) => each.digest())),
  );
  assert.notEqual(hashes[0], hashes[1]);
  assert.equal(workersOf(page).length, 2);
  await page.evaluate(() => document.querySelectorAll('moon-flow')[1].remove());
  await page.waitForTimeout(200);
  assert.equal(workersOf(page).length, 1);
  await lives('two on a page, defined thrice', 'element.iife.js, element.js', visit);
});

test('the script adds no global, and RequireJS does not see it', async () => {
  const names = '<script>globalThis.before = Object.getOwnPropertyNames(globalThis)</script>';
  const loader = '<script src="https://cdn.example/require.js"></script>';
  const check = `<script>globalThis.added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
    define('own', [], () => 7); require(['own'], (own) => { globalThis.own = own; });</script>`;
  const html = `${ICON}${loader}${names}${SCRIPT}${check}${TAG}`;
  const visit = await visited(html, { prepare: outside });
  await trained(visit);
  assert.deepEqual(await visit.page.evaluate(() => [globalThis.added, globalThis.own]), [
    ['before'],
    7,
  ]);
  await lives('RequireJS', 'element.iife.js', visit);
});

test('as cells of Observable, in its own runtime: a cell that runs again ends the worker of before', async () => {
  const text = recipe('observable');
  const cells = Object.fromEntries(
    ['moonflow', 'flow', 'seed'].map((name) => [
      name,
      text(name).trim().replace(CDN, `/${PACKAGE}element.js`),
    ]),
  );
  const modules = await serving(MODULES, { 'Access-Control-Allow-Origin': '*' });
  const script = `
    import { Runtime } from '${modules.origin}/@observablehq/runtime/src/index.js';
    import { html } from '${modules.origin}/htl/dist/index.js';
    const observer = { fulfilled: (value) => { if (value instanceof Node) document.querySelector('main').replaceChildren(value); } };
    const module = new Runtime().module();
    const cell = (name, inputs, define) => module.variable(observer).define(name, inputs, define);
    module.variable().define('html', [], () => html);
    cell('moonflow', [], () => ${cells.moonflow});
    cell('seed', [], () => ${cells.seed});
    cell('flow', ['html', 'seed'], (html, seed) => ${cells.flow});
    globalThis.reseed = (seed) => module.redefine('seed', [], () => seed);`;
  site.pages.set('/main.js', { body: script });
  try {
    const visit = await visited(
      `${ICON}<main></main><script type="module" src="/main.js"></script>`,
    );
    const { page } = visit;
    await page.waitForSelector('moon-flow');
    await trained(visit, { own: /moonflow\/(element|index)\.js$/ });
    const [first] = workersOf(page);
    await page.evaluate(() => globalThis.reseed(8));
    await page.waitForFunction(
      () =>
        document.querySelector('moon-flow').state === 'finished' &&
        document.querySelector('moon-flow').seed === '8',
    );
    assert.equal(workersOf(page).length, 1);
    assert.notEqual(workersOf(page)[0], first);
    await leaves(page);
    note('Observable', 'runtime 6.0.1', 'same', 'blob', '0', 'ended');
    await page.close();
  } finally {
    modules.close();
  }
});

test('as an anywidget, from the text of its module: traits in, outcome out, and cleanup', async () => {
  const source = recipe('jupyter')('widget.py');
  const traits = Object.fromEntries(
    [...source.matchAll(/^ {4}(\w+) = traitlets\.\w+\((.*?)\)\.tag/gm)].map(([, name, value]) => [
      name,
      JSON.parse(value),
    ]),
  );
  assert.deepEqual(Object.keys(traits), ['data', 'seed', 'config', 'sw2', 'sw2_floor', 'hash']);
  const esm = readFileSync(join(user.folder, PACKAGE, 'anywidget.js'), 'utf8');
  // As anywidget's front end does it: the text becomes a module by a blob, and its default renders into an element.
  const script = `
    const traits = ${JSON.stringify(traits)};
    const listeners = {};
    globalThis.model = {
      get: (name) => traits[name],
      set: (name, value) => {
        traits[name] = value;
        for (const listener of listeners['change:' + name] ?? []) listener();
      },
      save_changes: () => { globalThis.saved = { ...traits }; },
      on: (event, listener) => { (listeners[event] ??= new Set()).add(listener); },
      off: (event, listener) => { listeners[event]?.delete(listener); },
    };
    globalThis.heard = () => Object.values(listeners).reduce((sum, { size }) => sum + size, 0);
    const text = await (await fetch('/${PACKAGE}anywidget.js')).text();
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const { default: widget } = await import(address);
    URL.revokeObjectURL(address);
    globalThis.cleanup = await widget.render({ model, el: document.querySelector('main') });`;
  assert.ok(esm.length > 1000);
  site.pages.set('/main.js', { body: script });
  const visit = await visited(`${ICON}<main></main><script type="module" src="/main.js"></script>`);
  const { page } = visit;
  await trained(visit, { own: /anywidget\.js$/ });
  await page.waitForFunction(() => globalThis.saved);
  const saved = await page.evaluate(() => globalThis.saved);
  assert.equal(saved.hash, await page.evaluate(() => document.querySelector('moon-flow').digest()));
  assert.ok(saved.sw2 > 0 && saved.sw2_floor > 0);
  assert.deepEqual(Object.keys(saved), Object.keys(traits));
  await page.evaluate(() => globalThis.model.set('seed', 8));
  await page.waitForFunction(() => globalThis.saved.seed === 8 && globalThis.saved.hash !== '');
  await page.evaluate(() => globalThis.cleanup());
  assert.equal(await page.evaluate(() => document.querySelector('moon-flow')), null);
  assert.equal(await page.evaluate(() => globalThis.heard()), 0);
  await ended(page);
  note('anywidget contract', 'anywidget.js', 'same', 'blob', '0', 'ended');
  await page.close();
});
