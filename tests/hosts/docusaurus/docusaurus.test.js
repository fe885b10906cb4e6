/**
 * @file The element in a site that Docusaurus builds by the recipe of web/docs. Apart from the other hosts, because it brings 750
 * packages along: `make hosts`.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../../browser/visit.js';
import { ended, lives, outside, succeeded, table, trained } from '../embedded.js';
import { recipe } from '../recipes.js';
import { opened, serving } from '../serving.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = join(here, `site-${process.pid}`);
const { version } = createRequire(import.meta.url)('@docusaurus/core/package.json');

const CONFIG = `export default {
  title: 'A manual', url: 'https://docs.example', baseUrl: '/', favicon: 'data:,',
  plugins: ['@docusaurus/plugin-content-pages'], themes: ['@docusaurus/theme-classic'],
  themeConfig: { navbar: { title: 'A manual', items: [{ to: '/', label: 'Another page' }, { to: '/flow', label: 'Flow' }] } },
};
`;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serving>>} */
let site;

/** @param {string} path @param {string} text */
function write(path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

before(async () => {
  const text = recipe('docusaurus');
  write('docusaurus.config.js', CONFIG);
  write('package.json', '{"private": true}');
  for (const file of ['src/components/MoonFlow.js', 'src/pages/flow.mdx']) write(file, text(file));
  write('src/pages/index.mdx', '# Another page\n\nWithout one.\n');
  const npm = fileURLToPath(new URL('../../../wasm_build/npm', import.meta.url));
  cpSync(npm, join(folder, 'node_modules/moonflow'), { recursive: true });
  const command = join(here, 'node_modules/@docusaurus/core/bin/docusaurus.mjs');
  const env = { ...process.env, DO_NOT_TRACK: '1', CI: 'true' };
  await succeeded(spawn(process.execPath, [command, 'build', folder], { cwd: here, env }));
  browser = await launch();
  site = await serving(join(folder, 'build'));
});

after(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true });
  table();
});

test('Docusaurus renders it in Node, and its pages train, follow the theme and end with the page', async () => {
  const visit = await opened(browser, `${site.origin}/flow/`, {}, outside);
  const { page } = visit;
  const own = /\/assets\/js\/|\/(flow)?$/;
  await trained(visit, { own });
  const scheme = (/** @type {string} */ wanted) =>
    page.waitForFunction(
      (wanted) =>
        document.querySelector('moon-flow').shadowRoot.querySelector('figure').dataset.scheme ===
        wanted,
      wanted,
      { timeout: 5000 },
    );
  for (const theme of ['dark', 'light']) {
    await page.evaluate(
      (theme) => document.documentElement.setAttribute('data-theme', theme),
      theme,
    );
    await scheme(theme);
  }
  await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
  await page.getByRole('link', { name: 'Another page' }).first().click();
  await page.waitForFunction(() => !document.querySelector('moon-flow'));
  await ended(page);
  await page.getByRole('link', { name: 'Flow' }).first().click();
  await page.waitForSelector('moon-flow');
  assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was loaded anew');
  await lives('Docusaurus, server-rendered', `docusaurus ${version}`, visit, { own });
});
