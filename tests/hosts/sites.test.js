/** @file The element in real pages of documentation tools, made by the recipes of web/docs as they stand there. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../browser/visit.js';
import { ended, lives, outside, succeeded, table, trained, workersOf } from './embedded.js';
import { recipe } from './recipes.js';
import { opened, serving } from './serving.js';

const script = fileURLToPath(new URL('../../wasm_build/npm/element.iife.js', import.meta.url));
const PYTHON = '/usr/bin/python3';

/** @type {string} */
let folder;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moonflow-sites-'));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
  table();
});

/** @param {string} path @param {string} text */
function write(path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Puts the element's script into a folder of a project. @param {string} path */
function place(path) {
  mkdirSync(join(folder, path), { recursive: true });
  copyFileSync(script, join(folder, path, 'element.iife.js'));
}

/** Runs a module of Debian's Python. @param {string[]} words */
const python = (...words) => succeeded(spawn(PYTHON, ['-m', ...words], { cwd: folder }));

/** @param {string[]} words */
async function versionOf(...words) {
  const [, version] = /(\d+\.\d+(\.\d+)?)/.exec(await python(...words, '--version')) ?? [];
  return `${words[0]} ${version}`;
}

test('MkDocs Material with instant navigation: away ends the worker, and back it begins anew', async () => {
  const text = recipe('mkdocs');
  place('mkdocs/docs/javascripts');
  const site = await serving(join(folder, 'mkdocs/site'));
  try {
    const settings = text('mkdocs.yml').replace('https://docs.example/', `${site.origin}/`);
    write('mkdocs/mkdocs.yml', settings);
    write('mkdocs/docs/index.md', text('docs/index.md'));
    write('mkdocs/docs/other.md', '# Another page\n\nWithout one.\n');
    await python('mkdocs', 'build', '--quiet', '--config-file', 'mkdocs/mkdocs.yml');
    const visit = await opened(browser, `${site.origin}/`, {}, outside);
    const { page } = visit;
    const own = /favicon|sitemap\.xml|search|\/other\/?$/;
    await trained(visit, { own });
    const meta = await page.locator('meta[name=generator]').getAttribute('content');
    const generator = `${meta}`.replaceAll(/-(?=\d)/g, ' ');
    await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
    const link = (/** @type {string} */ name) =>
      page.locator('.md-nav').getByRole('link', { name }).first();
    await link('Another page').click();
    await page.waitForFunction(() => !document.querySelector('moon-flow'));
    assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was loaded anew');
    await ended(page);
    await link('Flow matching').click();
    await page.waitForSelector('moon-flow');
    await trained(visit, { own: /./ });
    assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was loaded anew');
    assert.equal(workersOf(page).length, 1);
    await lives('MkDocs Material, instant', generator, visit, { own });
  } finally {
    site.close();
  }
});

test('Sphinx', async () => {
  const text = recipe('sphinx');
  place('sphinx/_static');
  write('sphinx/conf.py', text('conf.py'));
  write('sphinx/index.rst', text('index.rst'));
  await python('sphinx', '-q', '-b', 'html', 'sphinx', 'sphinx/built');
  const site = await serving(join(folder, 'sphinx/built'));
  try {
    const visit = await opened(browser, `${site.origin}/index.html`, {}, outside);
    await lives('Sphinx', await versionOf('sphinx'), visit);
  } finally {
    site.close();
  }
});

test('a notebook as nbconvert publishes it, with RequireJS in the page', async () => {
  const source = recipe('jupyter')('cell.py');
  const [, html] = /HTML\("""\n([\s\S]*?)"""\)/.exec(source) ?? [];
  const output = { output_type: 'execute_result', execution_count: 1, metadata: {} };
  const cell = {
    ...{ cell_type: 'code', execution_count: 1, metadata: {}, source },
    outputs: [{ ...output, data: { 'text/html': html, 'text/plain': 'HTML' } }],
  };
  const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 4 };
  write('jupyter/flow.ipynb', JSON.stringify(notebook));
  place('jupyter');
  const version = await versionOf('nbconvert');
  const site = await serving(join(folder, 'jupyter'));
  try {
    for (const template of ['lab', 'classic']) {
      const words = ['--to', 'html', '--template', template, '--output', `${template}.html`];
      // As upstream has them; Debian's copies are files of the machine.
      for (const name of ['require_js', 'jquery', 'mathjax']) {
        const file = name.replace('_js', '');
        words.push(`--HTMLExporter.${name}_url=https://cdn.example/${file}.js`);
      }
      await python('nbconvert', ...words, 'jupyter/flow.ipynb');
      const visit = await opened(browser, `${site.origin}/${template}.html`, {}, outside);
      assert.equal(await visit.page.evaluate(() => typeof globalThis.define.amd), 'object');
      await lives(`Jupyter, ${template}, RequireJS`, version, visit);
    }
  } finally {
    site.close();
  }
});
